"""Finds out where a candidate errs, from its out-of-fold predictions."""

from dataclasses import dataclass

import anyio

from bus.blobs import BlobStore
from bus.effects import Outcome
from engine.out_of_fold_rows import out_of_fold_rows
from engine.stored_predictions import read_predictions
from schemas.commands import PooledFit
from schemas.inputs import ErrorsStudied
from schemas.memory import ErrorLeaf
from schemas.task import Task
from tabular.development import Development


@dataclass(frozen=True, slots=True)
class Studying:
    """Carries out `study_errors`: host maths over predictions, no candidate code.

    Attributes:
        task: What is to be learned.
        development: The rows with their targets.
        blobs: Where predictions are kept.
    """

    task: Task
    development: Development
    blobs: BlobStore

    async def run(self, fit: PooledFit) -> Outcome:
        """Study in a thread: the core goes on meanwhile."""
        leaves = await anyio.to_thread.run_sync(
            self._study, fit, abandon_on_cancel=True
        )
        body = ErrorsStudied(candidate=fit.candidate.id, leaves=leaves)
        return Outcome(body)

    def _study(self, fit: PooledFit) -> tuple[ErrorLeaf, ...]:
        # Few runs come here, and loading trees takes longer than all the rest.
        from tabular.error_tree import error_tree, row_errors  # noqa: PLC0415

        development = self.development
        if development.target is None:
            return ()
        rows = out_of_fold_rows(development, fit.folds).numbers
        predictions = read_predictions(self.blobs, fit.predictions, fit.columns)
        errors = row_errors(development.target[rows], predictions, self.task.kind)
        frame = development.frame.iloc[rows]
        return error_tree(frame, development.table_schema.columns, errors)
