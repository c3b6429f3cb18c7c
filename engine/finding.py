"""What `doctor` found out about one part of a machine."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        area: `machine`, `libraries`, `isolation`, `workers` or `model`.
        name: What was looked at.
        state: How it is, in a few words.
        level: Whether that is good.
    """

    area: Literal["machine", "libraries", "isolation", "workers", "model"]
    name: str
    state: str
    level: Literal["good", "missing", "bad"]
