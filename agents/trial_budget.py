"""Counts trials against their bound, and sets aside what an open loop still needs."""


class TrialBudget:
    """Keeps a run of `--trials N` from starting lives that could not reach the pool.

    Args:
        limit: Number of candidate trials, or None for no bound.
        trials_per_life: Trials that one version needs to reach the pool.
    """

    def __init__(self, limit: int | None, trials_per_life: int) -> None:
        self._limit = limit
        self._taken = 0
        self.trials_per_life = trials_per_life

    @property
    def has_room_for_a_life(self) -> bool:
        """Whether one more version can be taken to the pool."""
        return self._has_room_for(self.trials_per_life)

    def reserve(self, held: int) -> int | None:
        """Top up to a whole life.

        Args:
            held: Trials that the loop holds already.

        Returns:
            What the loop holds then, or None if there is not enough left.
        """
        needed = self.trials_per_life - held
        if not self._has_room_for(needed):
            return None
        self._taken += needed
        return self.trials_per_life

    def take(self, trials: int) -> bool:
        """Use trials up beside a life, if one more life has room after them.

        Returns:
            Whether they were there.
        """
        if not self._has_room_for(trials + self.trials_per_life):
            return False
        self._taken += trials
        return True

    def release(self, held: int) -> None:
        """Give back what a closed loop did not use."""
        self._taken -= held

    def change(self, limit: int | None) -> None:
        """Go on under another bound; what was used counts against it."""
        self._limit = limit

    def _has_room_for(self, trials: int) -> bool:
        return self._limit is None or self._taken + trials <= self._limit
