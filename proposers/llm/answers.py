"""The decisions that a model takes, as JSON by schema; code comes in fences instead."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Frozen

MOST_CHANGES = 3
MOST_NUMBERS = 12
NAME_LIMIT_CHARACTERS = 60
REASON_LIMIT_CHARACTERS = 400


class StrategyAnswer(Frozen):
    """How to combine what was pooled."""

    reason: str = Field(max_length=REASON_LIMIT_CHARACTERS)
    strategy: Literal[
        "auto",
        "greedy",
        "best",
        "voting",
        "hard_voting",
        "rank_average",
        "bagging",
        "stacking",
        "written",
    ]


class ClustersAnswer(Frozen):
    """Into how many clusters the rows fall."""

    reason: str = Field(max_length=REASON_LIMIT_CHARACTERS)
    clusters: int = Field(ge=1, le=100)


class ParameterChange(Frozen):
    """Another value for one parameter, of the type that it has."""

    name: str = Field(max_length=NAME_LIMIT_CHARACTERS)
    value: (
        bool
        | int
        | float
        | Annotated[str, Field(max_length=NAME_LIMIT_CHARACTERS)]
        | Annotated[tuple[float, ...], Field(max_length=MOST_NUMBERS)]
        | None
    )


class TuneAnswer(Frozen):
    """Changes to the parameters of a candidate."""

    reason: str = Field(max_length=REASON_LIMIT_CHARACTERS)
    changes: tuple[ParameterChange, ...] = Field(max_length=MOST_CHANGES)
