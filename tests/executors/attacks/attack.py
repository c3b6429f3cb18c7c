"""What a hostile candidate does, and how it must end.

Words in @ are replaced by the driver. A fit that tells of a refused deed prints the name
of the error; `jailed` is expected with namespaces, `flat` without (if that differs).
"""

from dataclasses import dataclass, field
from typing import NamedTuple

MEMORY: dict[str, float] = {"memory_bytes": 256 * 2**20}
SHORT = {"wall_seconds": 1.5}


class Expected(NamedTuple):
    """How an attack must end.

    Attributes:
        kind: `success` or the kind of failure.
        output: Regular expression for all that was printed.
        message: Regular expression that the failure's message must contain.
    """

    kind: str
    output: str = ""
    message: str = ""


@dataclass(frozen=True)
class Attack:
    """One hostile candidate.

    Attributes:
        number: Its row in our table of attacks.
        fit: Lines of its `fit`.
        predict: Lines of its `predict_proba`, before the honest answer.
        jailed: Expected with all layers.
        flat: Expected without namespaces, if that differs.
        limits: Changed limits.
        mode: `features` if it is a feature program: `fit` runs in `transform`.
    """

    number: str
    fit: str
    jailed: Expected
    flat: Expected | None = None
    predict: str = "pass"
    limits: dict[str, float] = field(default_factory=dict)
    mode: str = "fit"


def told(*errors: str) -> Expected:
    """Expect an honest end, and each deed to be refused with one error."""
    return Expected("success", "\n".join(errors) + "\n")
