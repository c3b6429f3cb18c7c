"""How members are combined into one predictor: host maths, as plain numbers."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import BlobRef, Frozen
from schemas.candidate import View
from schemas.clusters import Clustering

Strategy = Literal[
    "greedy",
    "best",
    "voting",
    "hard_voting",
    "rank_average",
    "bagging",
    "stacking",
    "written",
]
"""A way to combine candidates; each has a combination below that carries it out."""

StrategyChoice = Literal[
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


class WeightedAverage(Frozen):
    """Sum of the members' predictions times weights that sum to one.

    Attributes:
        strategy: `best` (one member), `voting` (equal weights), `greedy` (chosen weights) or
            `bagging` (equal weights of candidates refitted on bootstrap samples).
        weights: One per member, in the members' order.
        temperature: Classification: the mean probabilities are raised to the power of one
            over it and sum to one again; 1 leaves them as they are.
        class_weights: Classification where labels are scored: what the mean probability of
            each class is multiplied by before they sum to one again, so that the most
            probable class is the one to name; empty leaves them as they are.
    """

    kind: Literal["average"] = "average"
    strategy: Literal["best", "voting", "greedy", "bagging"]
    weights: tuple[float, ...]
    temperature: float = 1.0
    class_weights: tuple[float, ...] = ()


class HardVote(Frozen):
    """Every member has one vote.

    For classification a member votes for its most probable class; the mean probability counts
    as one vote more, which decides ties and leaves usable probabilities. For regression the
    members' median is the answer, because no single vote can move it far.

    Attributes:
        weights: One per member: its share of the votes.
    """

    kind: Literal["hard_vote"] = "hard_vote"
    strategy: Literal["hard_voting"] = "hard_voting"
    weights: tuple[float, ...]


class Curve(Frozen):
    """A function that never falls: straight lines between knots, level beyond them.

    Attributes:
        x: Where the knots are, strictly ascending.
        y: Its value at each of them.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]


class RankAverage(Frozen):
    """The mean of the members' ranks, brought back to the scale of their mean prediction.

    Each member's prediction becomes its rank (0 to 1) among the out-of-fold predictions that
    it was built on; a mean rank becomes the value that the members' mean prediction has at that
    rank. Both steps keep the order within a column. Binary tasks rank the positive class, tasks
    of more classes each class by itself, and rows then sum to one.

    Attributes:
        weights: One per member; they sum to one.
        ranks: Per member, per ranked column: prediction to rank.
        values: Per ranked column: mean rank to value.
    """

    kind: Literal["rank_average"] = "rank_average"
    strategy: Literal["rank_average"] = "rank_average"
    weights: tuple[float, ...]
    ranks: tuple[tuple[Curve, ...], ...]
    values: tuple[Curve, ...]


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


class WrittenStack(Frozen):
    """A stacker that a proposer wrote: a candidate over the members' predictions.

    Attributes:
        candidate: The stacker's id.
        source: Its source.
        models: Fitted stackers under `models/`, one per part of the rows that it was left
            out of; their mean is the answer.
        members: Number of members whose predictions it takes.
    """

    kind: Literal["written"] = "written"
    strategy: Literal["written"] = "written"
    candidate: str
    source: BlobRef
    models: tuple[BlobRef, ...]
    members: int


class Consensus(Frozen):
    """Clusters agreed on by several partitions.

    A new row goes to the consensus cluster with the largest sum, over members, of
    `weights[m] * affinity[m][label][cluster]`, where `label` is what member m says of the row.
    What members of more than half the weight call noise (-1) is noise.

    Attributes:
        clusters: Number of consensus clusters.
        weights: One per member.
        labels: Per member, its labels in a fixed order, without noise.
        affinity: Per member, per label, per consensus cluster: mean co-association.
    """

    kind: Literal["consensus"] = "consensus"
    strategy: Literal["consensus"] = "consensus"
    clusters: int
    weights: tuple[float, ...]
    labels: tuple[tuple[int, ...], ...]
    affinity: tuple[tuple[tuple[float, ...], ...], ...]


FittedStrategy = WeightedAverage | HardVote | RankAverage | LinearStack
"""How predictions of members become one by host maths alone."""

Combination = Annotated[
    WeightedAverage | HardVote | RankAverage | LinearStack | WrittenStack | Consensus,
    Field(discriminator="kind"),
]


class PlainScore(Frozen):
    """The score of an ensemble that is not kept.

    Attributes:
        score: The task's metric on the out-of-fold rows.
        standard_error: Of that score, over folds; for fewer than three, over parts of the rows.
        nested: Score with everything about the combination decided on other folds than the
            one that is scored, or None if not measured.
    """

    score: float
    standard_error: float
    nested: float | None = None


class Exclusion(Frozen):
    """A candidate that was kept out of an ensemble, and why.

    Attributes:
        candidate: Its id.
        reason: In words.
        is_for_room: Whether nothing is wrong with it but that others are better.
    """

    candidate: str
    reason: str
    is_for_room: bool = False


class Member(Frozen):
    """One candidate in an ensemble, with all it takes to predict again.

    Attributes:
        candidate: The candidate's id.
        family: Its family.
        title: What it is.
        source: Its source.
        view: What it was fitted on.
        models: Fitted models under `models/`, one per fold it was fitted on; of a bagged
            candidate one per fold and bootstrap sample.
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
        standard_error: Of that score, over folds; for fewer than three, over parts of the rows.
        nested: Score with the strategy chosen and the combination fitted on other folds than
            the one that is scored, or None if not measured.
        labels: Clustering: the consensus labels of the development rows (little-endian int64).
        considered: Strategies that were compared with their nested scores, as (name, score).
        excluded: Clustering: partitions that were left out.
        folds: The folds whose rows it was scored on, in order; empty for clustering.
        out_of_fold: What it says of those rows, fold by fold, each predicted by models that
            had not seen it: little-endian float64, as many columns as a member's. None
            unless the ensemble is final.
        clustering: Clustering: what is known of the consensus.
    """

    members: tuple[Member, ...]
    combination: Combination
    score: float
    standard_error: float
    nested: float | None = None
    labels: BlobRef | None = None
    considered: tuple[tuple[str, float], ...] = ()
    excluded: tuple[Exclusion, ...] = ()
    folds: tuple[int, ...] = ()
    out_of_fold: BlobRef | None = None
    clustering: Clustering | None = None
