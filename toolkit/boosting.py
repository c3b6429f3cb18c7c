"""What boosted trees of all libraries share."""

from toolkit.estimator import Estimator
from toolkit.spec import Spec

Setting = float | int | str | bool


class Boosting(Estimator):
    """Boosted trees that stop early on an inner split of their training rows.

    Args:
        spec: The task as the worker describes it.
        **parameters: The library's own parameters, and `rounds` (most trees per class) and
            `patience` (rounds without progress until it stops).
    """

    def __init__(self, spec: Spec, **parameters: Setting) -> None:
        super().__init__(spec)
        self.parameters = parameters
        self.rounds = int(self.parameters.pop("rounds", 1000))
        self.patience = int(self.parameters.pop("patience", 100))
