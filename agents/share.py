"""Keeps the added lane within its share of the workers' time."""

from collections.abc import Iterable

from agents.lanes import ADDED_SHARE
from schemas.settings import RunSettings

FIRST_SLOTS = 3
"""So many loops of the main lane come to an end, or to the pool, before others may start."""
GUESSED_SECONDS = 1.0
"""Of a job, as long as none came back."""


class Share:
    """Counts the seconds of a lane's jobs, those that are out by the mean of the others.

    Under trials it is their number that is bounded, so nothing is counted here.
    """

    def __init__(self, settings: RunSettings) -> None:
        self._settings = settings
        self._spent = 0.0
        self._ended = 0
        self._open: set[str] = set()
        self._settled: set[str] = set()
        self._is_main_over = False

    def change(self, settings: RunSettings) -> None:
        """Go on under other settings; the main lane is at work again."""
        self._settings = settings
        self._is_main_over = False

    def note_main(self, loop: str) -> None:
        """A loop of the main lane reached the pool or its end."""
        self._settled.add(loop)

    def note_main_over(self) -> None:
        """The main lane has nothing more to try."""
        self._is_main_over = True

    def start(self, keys: tuple[str, ...]) -> None:
        """Jobs were given out."""
        self._open.update(keys)

    def end(self, key: str, seconds: float) -> None:
        """A job came back."""
        if key in self._open:
            self._open.remove(key)
            self._ended += 1
            self._spent += seconds

    def take_back(self, keys: Iterable[str]) -> None:
        """Jobs were taken back; nobody is told what they took."""
        self._open.difference_update(keys)

    def charge(self, seconds: float) -> None:
        """Count what was spent on the lane's features."""
        self._spent += seconds

    def allows(self, jobs: int, elapsed_seconds: float) -> bool:
        """Whether so many more jobs may be given out now.

        Args:
            jobs: Their number.
            elapsed_seconds: Since the run started.
        """
        if not self._is_main_over and len(self._settled) < FIRST_SLOTS:
            return False
        if self._settings.budget_seconds is None or self._is_main_over:
            return True
        mean = self._spent / self._ended if self._ended else GUESSED_SECONDS
        wanted = self._spent + (len(self._open) + jobs) * mean
        return wanted <= ADDED_SHARE * self._settings.workers * elapsed_seconds
