"""Tells the process that waits for a run where it stands, a few times a second."""

from collections.abc import Callable

from engine.service_messages import News
from reports.board import Board
from schemas.envelope import Envelope

NEWS_EVERY_SECONDS = 0.25


class ServiceNews:
    """A progress whose reader is another process.

    Args:
        fit: The request that the run answers.
        say: Passes news on.
    """

    def __init__(self, fit: int, say: Callable[[News], None]) -> None:
        self._fit = fit
        self._say = say
        self._board = Board()
        self._told: tuple[str, float] = ("", -NEWS_EVERY_SECONDS)

    def show(self, envelope: Envelope) -> None:
        """Take in the next envelope; tell at most four times a second, or a new phase."""
        board = self._board
        board.hear(envelope)
        phase, at = self._told
        is_due = board.elapsed_seconds - at >= NEWS_EVERY_SECONDS
        if is_due or board.phase != phase:
            self._told = (board.phase, board.elapsed_seconds)
            self._say(self._news())

    def close(self) -> None:
        """Do nothing: nothing was opened."""

    def _news(self) -> News:
        board = self._board
        ensemble = board.ensemble
        return News(
            id=self._fit,
            phase=board.phase,
            share=self._share(),
            trials=board.trials,
            pooled=board.pooled,
            score=None if ensemble is None else ensemble.score,
            metric=board.narrator.metric,
            line=board.news[-1] if board.news else "",
        )

    def _share(self) -> float:
        settings = self._board.settings
        if settings is None:
            return 0.0
        used = 0.0
        if settings.budget_seconds is not None:
            used = self._board.elapsed_seconds / settings.budget_seconds
        elif settings.trials:
            used = self._board.trials / settings.trials
        return min(1.0, used)
