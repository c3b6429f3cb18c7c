"""A loop: the life of one candidate from its draft to the reason why it ended."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from agents.improving import Improvement
from agents.opening import Opening
from agents.statistics import summarise_folds
from schemas.candidate import Candidate, View
from schemas.commands import PooledFit
from schemas.jobs import FitReport, Rung
from schemas.proposals import CandidateProposal
from schemas.sayings import TrialScored


@dataclass(slots=True)
class Loop:
    """What the Modeler remembers of a loop.

    Attributes:
        id: Its id, `c00`, `c01`, ...
        trials_reserved: Trials that were set aside so that this life can reach the pool.
        candidate: The version that is being tried.
        priority: Its jobs' priority: versions are served in the order they were written.
        rung: The rung that it is on.
        pending: Fold of each job that is out, by effect key.
        reports: What came back for this version, by fold; smoke reports are not kept.
        ask: Key of the ask that is out, or None.
        opening: What it was opened for, or what its next version is for.
        has_paid: Whether it brought a version worth more than what it began from.
        seconds: Processor seconds of its jobs so far.
        trials: Trials that it started.
        cost: What it took in all, once it is closed.
        last_word: Why it was closed.
    """

    id: str
    trials_reserved: int
    candidate: Candidate | None = None
    priority: int = 0
    rung: Rung = Rung.SMOKE
    pending: dict[str, int] = field(default_factory=dict)
    reports: dict[int, FitReport] = field(default_factory=dict)
    ask: str | None = None
    opening: Opening | None = None
    has_paid: bool = False
    seconds: float = 0.0
    trials: int = 0
    cost: float = 0.0
    last_word: str = ""

    @property
    def improvement(self) -> Improvement | None:
        """The arm that it serves, None for a draft."""
        return None if self.opening is None else self.opening.improvement

    @property
    def base(self) -> Candidate | None:
        """The version that the next one is made from, None for a draft."""
        opening = self.opening
        return opening.base.candidate if opening and opening.base else None

    @property
    def open_keys(self) -> tuple[str, ...]:
        """Keys of everything that is out for this loop."""
        return tuple(self.pending) + ((self.ask,) if self.ask else ())

    def next_version(self, proposal: CandidateProposal, view: View) -> Candidate:
        """The version that a proposal makes of this loop.

        Args:
            proposal: Its source, and where that comes from.
            view: What it is fitted on.
        """
        version = 1 if self.candidate is None else self.candidate.version + 1
        return Candidate(
            id=f"{self.id}-v{version}",
            loop=self.id,
            version=version,
            family=proposal.family,
            title=proposal.title,
            source=proposal.source,
            fingerprint=proposal.fingerprint,
            view=view,
            origin=proposal.origin,
            operator="draft" if self.opening is None else self.opening.operator,
            parent=None if self.base is None else self.base.id,
        )

    def take_version(self, candidate: Candidate, priority: int) -> None:
        """Begin with a new version."""
        self.candidate = candidate
        self.priority = priority
        self.pending = {}
        self.reports = {}
        self.ask = None

    def scored_trial(self, candidate: Candidate) -> TrialScored:
        """Sum up the folds that are in."""
        folds = sorted(self.reports)
        reports = [self.reports[fold] for fold in folds]
        scores = tuple(report.score for report in reports)
        summary = summarise_folds(scores)
        fit = PooledFit(
            candidate=candidate,
            folds=tuple(folds),
            predictions=tuple(report.predictions for report in reports),
            models=tuple(report.model for report in reports if report.model),
            columns=reports[0].columns,
            score=summary.mean,
            standard_error=summary.standard_error,
        )
        return TrialScored(
            candidate=candidate.id,
            rung=self.rung,
            fit=fit,
            fold_scores=scores,
            score=summary.mean,
            standard_error=summary.standard_error,
            distinct=min(report.distinct for report in reports),
            seconds=math.fsum(report.usage.cpu_seconds for report in reports),
            train_score=_mean_known([report.train_score for report in reports]),
        )


def _mean_known(scores: Sequence[float | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return summarise_folds(known).mean if known else None
