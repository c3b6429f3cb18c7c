"""How members are combined into one predictor: host maths, as plain numbers."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import BlobRef, Frozen
from schemas.candidate import View


class WeightedAverage(Frozen):
    """Sum of the members' predictions times weights that sum to one.

    Attributes:
        strategy: `best` (one member), `voting` (equal weights) or `greedy` (chosen weights).
        weights: One per member, in the members' order.
    """

    kind: Literal["average"] = "average"
    strategy: Literal["best", "voting", "greedy"]
    weights: tuple[float, ...]


class LinearStack(Frozen):
    """A regularised linear model over the members' predictions.

    For classification, members enter as log-probabilities and the output is the softmax of
    `intercept + sum over members of coefficient * log-probability`; for regression, as values
    and the output is `intercept + sum of coefficient * value`.

    Attributes:
        coefficients: One per member, in the members' order.
        intercepts: One per class, or one for regression.
    """

    kind: Literal["stack"] = "stack"
    strategy: Literal["stacking"] = "stacking"
    coefficients: tuple[float, ...]
    intercepts: tuple[float, ...]


class Consensus(Frozen):
    """Clusters agreed on by several partitions.

    A new row goes to the consensus cluster with the largest sum, over members, of
    `weights[m] * affinity[m][label][cluster]`, where `label` is what member m says of the row.

    Attributes:
        clusters: Number of consensus clusters.
        weights: One per member.
        labels: Per member, its labels in a fixed order (-1 is noise).
        affinity: Per member, per label, per consensus cluster: mean co-association.
    """

    kind: Literal["consensus"] = "consensus"
    strategy: Literal["consensus"] = "consensus"
    clusters: int
    weights: tuple[float, ...]
    labels: tuple[tuple[int, ...], ...]
    affinity: tuple[tuple[tuple[float, ...], ...], ...]


Combination = Annotated[
    WeightedAverage | LinearStack | Consensus, Field(discriminator="kind")
]


class Member(Frozen):
    """One candidate in an ensemble, with all it takes to predict again.

    Attributes:
        candidate: The candidate's id.
        family: Its family.
        title: What it is.
        source: Its source.
        view: What it was fitted on.
        models: Fitted models under `models/`, one per fold it was fitted on.
        weight: Its share in the ensemble, 0 to 1.
    """

    candidate: str
    family: str
    title: str
    source: BlobRef
    view: View
    models: tuple[BlobRef, ...]
    weight: float


class Ensemble(Frozen):
    """A combination with its members and its development score.

    Attributes:
        members: The members, in the order that `combination` refers to.
        combination: How their predictions become one.
        score: The task's metric on the out-of-fold rows (clustering: internal score).
        standard_error: Over folds.
        nested: Score with the combination itself chosen inside folds, or None if not measured.
        labels: Clustering: the consensus labels of the development rows (little-endian int64).
        considered: Strategies that were compared with their scores, as (name, score).
    """

    members: tuple[Member, ...]
    combination: Combination
    score: float
    standard_error: float
    nested: float | None = None
    labels: BlobRef | None = None
    considered: tuple[tuple[str, float], ...] = ()
