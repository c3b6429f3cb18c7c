"""What a proposer answers."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import BlobRef, Frozen
from schemas.ensemble import StrategyChoice


class FeatureProgram(Frozen):
    """Source of `class Features`, with a short name and the idea behind it."""

    name: str
    source: BlobRef
    idea: str


class FeatureProposal(Frozen):
    """Feature programs to try; none means that the proposer has no more."""

    kind: Literal["features"] = "features"
    programs: tuple[FeatureProgram, ...]


class CandidateProposal(Frozen):
    """A candidate to try.

    Attributes:
        family: Kind of estimator.
        title: What it is, in a few words.
        source: Python source that defines `class Candidate`.
        fingerprint: Hash of the source without comments and layout.
        view: Name of the view to fit it on; one of those in the ask.
        origin: Who wrote it.
    """

    kind: Literal["candidate"] = "candidate"
    family: str
    title: str
    source: BlobRef
    fingerprint: str
    view: str
    origin: str


class RepairProposal(Frozen):
    """Mended source and what was wrong with the old one."""

    kind: Literal["repair"] = "repair"
    source: BlobRef
    fingerprint: str
    diagnosis: str
    origin: str


class StrategyProposal(Frozen):
    """How to combine what was pooled; `auto` leaves the choice to the numbers."""

    kind: Literal["strategy"] = "strategy"
    strategy: StrategyChoice
    reason: str
    origin: str


class ClustersProposal(Frozen):
    """A number of clusters that the proposer expects, and why."""

    kind: Literal["clusters"] = "clusters"
    clusters: int
    reason: str
    origin: str


class NoProposal(Frozen):
    """The proposer has nothing (more) to offer for this ask, and says why."""

    kind: Literal["none"] = "none"
    reason: str


Proposal = Annotated[
    FeatureProposal
    | CandidateProposal
    | RepairProposal
    | StrategyProposal
    | ClustersProposal
    | NoProposal,
    Field(discriminator="kind"),
]
