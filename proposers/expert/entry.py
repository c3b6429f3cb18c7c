"""One candidate that the expert has in stock."""

from dataclasses import dataclass, field

from proposers.expert.sources import Logarithm, Parameters


@dataclass(frozen=True, slots=True)
class Entry:
    """A candidate that can be drafted.

    Attributes:
        family: Name of its source.
        title: What it is, for people.
        parameters: What differs from the defaults of the family.
        logarithm: How it learns the logarithm of the target, None for the target itself.
        is_slow: Whether the budget hardly suffices for it.
    """

    family: str
    title: str
    parameters: Parameters = field(default_factory=dict)
    logarithm: Logarithm | None = None
    is_slow: bool = False
