"""What pretrained networks share that read the training rows anew at each prediction."""

from abc import abstractmethod
from typing import Any, ClassVar, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.arrays import Codes, Floats
from toolkit.checkpoints import (
    Checkpoint,
    Pretrained,
    best_checkpoint,
    hash_of,
    same_checkpoint,
)
from toolkit.estimator import Estimator
from toolkit.spec import Spec
from toolkit.tree_encoder import TreeEncoder

MOST_ROWS = 10_000
MOST_COLUMNS = 500
MOST_CLASSES = 10

Singles = NDArray[np.float32]


class UnsuitableTableError(ValueError):
    """Raised when a table is larger than what the networks were trained for."""


class Network(Protocol):
    """A fitted model of such a package."""

    def predict(self, X: Singles) -> Floats:
        """Values, shape (rows,)."""

    def predict_proba(self, X: Singles) -> Floats:
        """Probabilities, shape (rows, classes)."""


class InContext(Estimator):
    """A network with fixed weights; what is fitted are the rows that it is shown.

    So its state is these rows, encoded, with the name and the hash of its file of weights,
    which is read again wherever the model predicts. Row weights are not taken into account.

    Args:
        spec: The task as the worker describes it.
        estimators: Passes over reordered columns and classes that are averaged.
    """

    pretrained: ClassVar[Pretrained]

    def __init__(self, spec: Spec, *, estimators: int = 8) -> None:
        super().__init__(spec)
        self.estimators = estimators
        self.network: Network | None = None

    @abstractmethod
    def _shown(self, checkpoint: str) -> Network:
        """A network that was shown the training rows.

        Args:
            checkpoint: Path of its weights.
        """

    def _fit(
        self, table: pd.DataFrame, target: Floats | Codes, weight: Floats | None
    ) -> None:
        self.encoder = TreeEncoder(
            self.spec.seed, is_classification=self.is_classification
        )
        self.rows = self.encoder.fit_transform(table, target).astype(np.float32)
        self.target = target
        self._check_size()
        path = best_checkpoint(
            self.pretrained, is_classification=self.is_classification
        )
        self.checkpoint = Checkpoint(path.name, hash_of(path))
        self.network = self._shown(str(path))

    def _predict(self, table: pd.DataFrame) -> Floats:
        if self.network is None:
            self.network = self._shown(
                str(same_checkpoint(self.pretrained, self.checkpoint))
            )
        values = self.encoder.transform(table).astype(np.float32)
        if self.is_classification:
            told = self.network.predict_proba(values)
        else:
            told = self.network.predict(values)
        return np.asarray(told, dtype=np.float64)

    def _check_size(self) -> None:
        rows, columns = self.rows.shape
        if rows > MOST_ROWS or columns > MOST_COLUMNS:
            raise UnsuitableTableError(
                f"{rows} rows and {columns} encoded columns are more than the {MOST_ROWS} "
                f"and {MOST_COLUMNS} that pretrained networks are used for"
            )
        if self.is_classification and len(self.present) > MOST_CLASSES:
            raise UnsuitableTableError(
                f"pretrained networks tell at most {MOST_CLASSES} classes apart"
            )

    def __getstate__(self) -> dict[str, Any]:
        """What is kept: all but the network, which is in its file."""
        return {**self.__dict__, "network": None}
