"""What was tried and how well it did, kept by an agent while the run goes on."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from schemas.asks import BestVersion, ScoredCandidate
from schemas.candidate import Candidate
from schemas.sayings import TrialScored

SIGNIFICANT_DIGITS = 3
SHOWN_CANDIDATES = 10
FEWEST_COMPARED = 3
"""Nobody is cut after one fold before so many candidates stand on the board."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A candidate after its full trial.

    Attributes:
        candidate: The candidate.
        score: Mean over folds.
        standard_error: Of that mean.
        fold_scores: Per fold.
        seconds: Processor seconds of one fold.
        train_score: The same metric on rows that it was fitted on, None if not known.
    """

    candidate: Candidate
    score: float
    standard_error: float
    fold_scores: tuple[float, ...]
    seconds: float
    train_score: float | None = None

    @property
    def spread(self) -> float:
        """Standard deviation of the score over folds, 0 for a single fold."""
        known = [score for score in self.fold_scores if not math.isnan(score)]
        return self.standard_error * math.sqrt(len(known))


class Leaderboard:
    """Orders candidates by score, best first, whatever direction the metric has."""

    def __init__(self, *, greater_is_better: bool) -> None:
        self._sign = 1.0 if greater_is_better else -1.0
        self._standings: list[Standing] = []

    def __len__(self) -> int:
        return len(self._standings)

    def add(self, candidate: Candidate, trial: TrialScored) -> None:
        """Put a candidate in its place after its full trial."""
        folds = max(1, len(trial.fold_scores))
        standing = Standing(
            candidate,
            trial.score,
            trial.standard_error,
            trial.fold_scores,
            trial.seconds / folds,
            trial.train_score,
        )
        self._standings.append(standing)
        self._standings.sort(key=lambda s: self.utility(s.score), reverse=True)

    def utility(self, score: float) -> float:
        """The score turned so that more is better; undefined is worst."""
        return -math.inf if math.isnan(score) else self._sign * score

    @property
    def best_first_fold(self) -> float:
        """The utility of the best first fold, minus infinity before any."""
        firsts = [standing.fold_scores[0] for standing in self._standings]
        return max(map(self.utility, firsts), default=-math.inf)

    def rank_of(self, candidate: str) -> int:
        """0 for the best."""
        ids = [standing.candidate.id for standing in self._standings]
        return ids.index(candidate)

    def standing_of(self, candidate: str) -> Standing:
        """Where a candidate stands."""
        return self._standings[self.rank_of(candidate)]

    def best_by(
        self, key: Callable[[Candidate], tuple[str, ...]]
    ) -> tuple[Standing, ...]:
        """The best candidate of each kind, best kind first.

        Args:
            key: What kind a candidate is of.
        """
        best: dict[tuple[str, ...], Standing] = {}
        for standing in self._standings:
            best.setdefault(key(standing.candidate), standing)
        return tuple(best.values())

    @property
    def family_far_ahead(self) -> str | None:
        """The family that leads all others by more than its spread over folds, if one does."""
        best = self.best_by(lambda candidate: (candidate.family,))
        if len(best) < FEWEST_COMPARED:
            return None
        first, second = best[:2]
        lead = self.utility(first.score) - self.utility(second.score)
        return first.candidate.family if lead > first.spread > 0 else None

    def best_version(self) -> BestVersion | None:
        """The best candidate with its code, as a proposer may see it."""
        if not self._standings:
            return None
        best = self._standings[0]
        return BestVersion(
            candidate=best.candidate.id,
            family=best.candidate.family,
            title=best.candidate.title,
            view=best.candidate.view.name,
            source=best.candidate.source,
            score=rounded(best.score),
        )

    def is_hopeless(self, score: float) -> bool:
        """Whether a one-fold score is worse than every fold of the best candidate.

        The forgiving rule for racing folds: a candidate is only cut where it loses to the
        incumbent's worst fold, and only once there are three to compare with (Bergman,
        Purucker and Hutter, "Don't waste your time: early stopping cross-validation", 2024).
        """
        if len(self._standings) < FEWEST_COMPARED:
            return False
        first, third = self._standings[0], self._standings[2]
        return self.utility(score) < min(self._worst(first), self._worst(third))

    def is_overshadowed(self, score: float, family: str) -> bool:
        """Whether a first fold is far behind, and one of the same family is ahead on it.

        Far behind is more than a standard deviation over folds of the best candidate. What
        the ensemble would filter anyway need not be fitted on the other folds; the first of
        a family goes on, because families err on other rows.
        """
        if len(self._standings) < FEWEST_COMPARED:
            return False
        best, own = self._standings[0], self.utility(score)
        is_behind = self.utility(best.fold_scores[0]) - own > best.spread > 0
        return is_behind and any(
            standing.candidate.family == family
            and self.utility(standing.fold_scores[0]) >= own
            for standing in self._standings
        )

    def _worst(self, standing: Standing) -> float:
        """The worst fold that has a score."""
        known = [score for score in standing.fold_scores if not math.isnan(score)]
        return min((self.utility(score) for score in known), default=-math.inf)

    def shown(self) -> tuple[ScoredCandidate, ...]:
        """The best few, rounded, as a proposer may see them."""
        return tuple(
            ScoredCandidate(
                id=standing.candidate.id,
                family=standing.candidate.family,
                title=standing.candidate.title,
                view=standing.candidate.view.name,
                score=rounded(standing.score),
                standard_error=rounded(standing.standard_error),
                seconds=rounded(standing.seconds),
            )
            for standing in self._standings[:SHOWN_CANDIDATES]
        )


def mean_and_error(mean: float, error: float) -> str:
    """A score in words: mean +- standard error."""
    return f"{rounded(mean):g} +- {rounded(error):g}"


def rounded(value: float) -> float:
    """Three significant digits: a score in a prompt must not carry more than it knows."""
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")
