"""A frozen ensemble that stays loaded: jailed processes answer repeated calls."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import anyio
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.predictor import Predictor, combine, undivided
from executors.resident import ResidentPredictor
from schemas.ensemble import WrittenStack
from tabular.member_table import member_table

CHUNK_CELLS = 4_000_000
"""Cells handed to a member at once, so that its memory need not grow with the table."""


class ResidentEnsemble:
    """Predicts like `Predictor`, with models that were loaded once.

    Made by `open_ensemble`.
    """

    def __init__(
        self,
        predictor: Predictor,
        members: ResidentPredictor,
        stacker: ResidentPredictor | None,
    ) -> None:
        self._has_members = bool(predictor.ensemble.members)
        self._combination = predictor.ensemble.combination
        self._members = members
        self._stacker = stacker

    async def predict(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Predict typed rows.

        Args:
            frame: Columns by schema, shape (n, features).

        Returns:
            Probabilities (n, classes), values (n, 1) or cluster labels (n, 1).

        Raises:
            ResidentError: A member could not predict.
        """
        step = max(1, CHUNK_CELLS // max(1, frame.shape[1]))
        starts = range(0, len(frame), step)
        parts = [await self._predict(frame.iloc[at : at + step]) for at in starts]
        return np.concatenate(parts)

    async def _predict(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        if not self._has_members:
            return undivided(frame)
        stacked = np.stack(await self._members.predict(frame))
        if self._stacker is not None:
            (answer,) = await self._stacker.predict(member_table(stacked))
            return answer
        if isinstance(self._combination, WrittenStack):
            raise TypeError("a written stack needs its stacker")
        return await anyio.to_thread.run_sync(combine, self._combination, stacked)


@asynccontextmanager
async def open_ensemble(predictor: Predictor) -> AsyncIterator[ResidentEnsemble]:
    """Prepare an ensemble; its processes start at the first call and end when idle."""
    combination, pool = predictor.ensemble.combination, predictor.pool
    async with AsyncExitStack() as stack:
        members = await stack.enter_async_context(
            ResidentPredictor(pool, predictor.residents(), predictor.limits)
        )
        stacker = None
        if isinstance(combination, WrittenStack):
            resident = predictor.resident_stacker(combination)
            stacker = await stack.enter_async_context(
                ResidentPredictor(pool, [resident], predictor.limits)
            )
        yield ResidentEnsemble(predictor, members, stacker)
