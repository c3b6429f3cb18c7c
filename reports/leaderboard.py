"""`leaderboard.csv`: one row for each version of a candidate, from the journal."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from reports.csv_file import write_rows
from schemas.base import Frozen
from schemas.candidate import Candidate
from schemas.commands import PooledFit
from schemas.ensemble import Ensemble, WrittenStack
from schemas.envelope import Envelope
from schemas.jobs import Rung
from schemas.sayings import (
    CandidateDrafted,
    CandidatePooled,
    EnsembleChosen,
    RepairReady,
    TaskReady,
    TrialFailed,
    TrialScored,
    Verdict,
)

RowState = Literal[
    "untried",
    "scored",
    "pooled",
    "failed",
    "degenerate",
    "leaking",
    "duplicate",
    "overfit",
]
"""What became of a version; `scored` ones were not carried further, or not yet."""

COLUMNS = (
    "candidate",
    "rung",
    "family",
    "title",
    "view",
    "origin",
    "operator",
    "parent",
    "score",
    "standard_error",
    "fold_scores",
    "seconds",
    "weight",
    "state",
)
_RUNG_ORDER = {Rung.FULL: 0, Rung.SCREEN: 1, Rung.SMOKE: 2}


class LeaderboardRow(Frozen):
    """One version of a candidate.

    Attributes:
        candidate: Its id.
        rung: The highest rung that it has a score of, None if it has none.
        family: Its family.
        title: What it is.
        view: Name of the view it was fitted on.
        origin: Who wrote it.
        operator: How it came about: draft, refine or repair.
        parent: The version it was made from.
        score: Mean over the folds of that rung.
        standard_error: Of that mean; 0 for a single fold.
        fold_scores: Per fold, in the order of the folds.
        seconds: Processor seconds of its scored trials.
        weight: Its share in the ensemble chosen last.
        state: What became of it.
    """

    candidate: str
    rung: Rung | None
    family: str
    title: str
    view: str
    origin: str
    operator: str
    parent: str | None
    score: float | None
    standard_error: float | None
    fold_scores: tuple[float, ...]
    seconds: float
    weight: float
    state: RowState


@dataclass(slots=True)
class _Version:
    """A row in the making."""

    candidate: Candidate
    rung: Rung | None = None
    score: float | None = None
    standard_error: float | None = None
    fold_scores: tuple[float, ...] = ()
    smoke_seconds: float = 0.0
    fold_seconds: float = 0.0
    state: RowState = "untried"


def derive_leaderboard(envelopes: Iterable[Envelope]) -> list[LeaderboardRow]:
    """Fold a journal into its leaderboard.

    Args:
        envelopes: All lines in order, or any prefix of them.

    Returns:
        Rows of the highest rung first, in it the best score first, equal ones by id.
    """
    fold = LeaderboardFold()
    for envelope in envelopes:
        fold.hear(envelope)
    return fold.rows()


def write_leaderboard(rows: Sequence[LeaderboardRow], path: Path) -> None:
    """Write the rows as CSV; the file is there whole or not at all.

    Args:
        rows: The rows in order.
        path: Where to write them.
    """
    write_rows(COLUMNS, rows, path)


@dataclass(slots=True)
class LeaderboardFold:
    """Takes in a journal line by line."""

    versions: dict[str, _Version] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    is_greater_better: bool = True

    def hear(self, envelope: Envelope) -> None:
        """Take in the next line."""
        match envelope.body:
            case TaskReady(task=task):
                self.is_greater_better = task.greater_is_better
            case (
                CandidateDrafted(candidate=candidate) | RepairReady(candidate=candidate)
            ):
                self._version(candidate)
            case TrialScored() as body:
                self._score(body)
            case TrialFailed(candidate=candidate):
                self._version(candidate).state = "failed"
            case Verdict(candidate=name, verdict=verdict) if verdict != "sound":
                if name in self.versions:
                    self.versions[name].state = verdict
            case CandidatePooled(fit=fit, standard_error=error):
                self._pool(fit, error)
            case EnsembleChosen(ensemble=ensemble):
                self.weights = {m.candidate: m.weight for m in ensemble.members}
                self._score_stacker(ensemble)
            case _:
                return

    def _version(self, candidate: Candidate) -> _Version:
        return self.versions.setdefault(candidate.id, _Version(candidate))

    def _score(self, body: TrialScored) -> None:
        version = self._version(body.fit.candidate)
        version.rung = body.rung
        version.score = body.score
        version.standard_error = body.standard_error
        version.fold_scores = body.fold_scores
        if body.rung is Rung.SMOKE:
            version.smoke_seconds = body.seconds
        else:
            # A full trial counts the fold of its screen in.
            version.fold_seconds = body.seconds
        version.state = "scored"

    def _score_stacker(self, ensemble: Ensemble) -> None:
        """A stacker goes through no rungs; it is scored where strategies are compared."""
        combination = ensemble.combination
        if not isinstance(combination, WrittenStack):
            return
        stacker = self.versions.get(combination.candidate)
        if stacker is not None:
            stacker.score = dict(ensemble.considered).get(combination.strategy)
            stacker.state = "scored"

    def _pool(self, fit: PooledFit, standard_error: float) -> None:
        version = self._version(fit.candidate)
        version.score = fit.score
        version.standard_error = standard_error
        version.state = "pooled"

    def rows(self) -> list[LeaderboardRow]:
        """Return the rows of what was heard so far, in their order."""
        rows = [self._row(version) for version in self.versions.values()]
        return sorted(rows, key=self._place)

    def _row(self, version: _Version) -> LeaderboardRow:
        candidate = version.candidate
        return LeaderboardRow(
            candidate=candidate.id,
            rung=version.rung,
            family=candidate.family,
            title=candidate.title,
            view=candidate.view.name,
            origin=candidate.origin,
            operator=candidate.operator,
            parent=candidate.parent,
            score=version.score,
            standard_error=version.standard_error,
            fold_scores=version.fold_scores,
            seconds=round(version.smoke_seconds + version.fold_seconds, 6),
            weight=self.weights.get(candidate.id, 0.0),
            state=version.state,
        )

    def _place(self, row: LeaderboardRow) -> tuple[int, float, str]:
        rung = len(_RUNG_ORDER) if row.rung is None else _RUNG_ORDER[row.rung]
        if row.score is None or math.isnan(row.score):
            return rung, math.inf, row.candidate
        better = -row.score if self.is_greater_better else row.score
        return rung, better, row.candidate
