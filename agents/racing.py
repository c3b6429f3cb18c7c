"""Which candidates go on after their first fold, and which of them go first."""

from collections.abc import Collection
from dataclasses import dataclass

from agents.forecast import Work, is_in_time
from agents.leaderboard import Leaderboard
from agents.loop import Loop
from agents.trials import Trials
from schemas.jobs import Rung
from schemas.sayings import TrialScored

LEADERS_PRIORITY = 0
TOO_LATE = "its other folds would not be fitted in time"


@dataclass(frozen=True, slots=True)
class Racing:
    """Sends no candidate on that would lose, or that would not be through in time.

    Against the clock, one whose first fold is the best so far goes before all others: what
    is cut off at the end is then of the least worth.

    Attributes:
        trials: The trials of the loops.
        board: What went through all folds.
    """

    trials: Trials
    board: Leaderboard

    def why_out(
        self,
        family: str,
        screened: TrialScored,
        running: Collection[Loop],
        *,
        is_leading: bool,
    ) -> str | None:
        """Why a candidate is not fitted on the other folds, None if it is.

        Args:
            family: What kind of model it is.
            screened: Its first fold.
            running: Loops whose other folds are being fitted.
            is_leading: Whether only those that led before it are served before it.
        """
        if self.board.is_hopeless(screened.score):
            return "its first fold is worse than all of the best"
        if self.board.is_overshadowed(screened.score, family):
            return "its first fold is far behind others of its kind"
        work = [
            self._left_of(loop)
            for loop in running
            if loop.priority <= LEADERS_PRIORITY or not is_leading
        ]
        work.append(Work(self.trials.task.folds - 1, screened.seconds))
        return None if self._is_in_time(work) else TOO_LATE

    def is_leading(self, screened: TrialScored, running: Collection[Loop]) -> bool:
        """Whether, against the clock, no other first fold is better."""
        if self.trials.settings.budget_seconds is None:
            return False
        firsts = [self.trials.scored(loop).fold_scores[0] for loop in running]
        best = max([self.board.best_first_fold, *map(self.board.utility, firsts)])
        return self.board.utility(screened.score) > best

    def too_late(self, running: Collection[Loop]) -> list[Loop]:
        """Loops that would not be through in time, in the order in which they are served."""
        queue: list[Work] = []
        late = []
        for loop in sorted(running, key=lambda loop: loop.priority):
            work = self._left_of(loop)
            if self._is_in_time([*queue, work]):
                queue.append(work)
            else:
                late.append(loop)
        return late

    def _left_of(self, loop: Loop) -> Work:
        """The folds of a loop that are not in yet."""
        screened = self.trials.scored(loop)
        return Work(len(loop.pending), screened.seconds)

    def _is_in_time(self, work: Collection[Work]) -> bool:
        trials = self.trials
        return is_in_time(trials.settings, trials.task, trials.elapsed, work)


def in_full_trial(loops: Collection[Loop]) -> list[Loop]:
    """Loops whose other folds are being fitted."""
    return [loop for loop in loops if loop.rung is Rung.FULL and loop.pending]
