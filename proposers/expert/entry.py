"""One candidate that the expert has in stock."""

from dataclasses import dataclass, field

from proposers.expert.sources import Parameters


@dataclass(frozen=True, slots=True)
class Entry:
    """A candidate that can be drafted.

    Attributes:
        family: Name of its source.
        title: What it is, for people.
        parameters: What differs from the defaults of the family.
        is_slow: Whether the budget hardly suffices for it.
    """

    family: str
    title: str
    parameters: Parameters = field(default_factory=dict)
    is_slow: bool = False
