"""Holds a candidate against others of its kind, and a score that is too good to its cause."""

import ast
from dataclasses import dataclass, field

import anyio
import numpy as np
from numpy.typing import NDArray

from bus.blobs import BlobStore
from bus.effects import Outcome
from schemas.commands import Examine, PooledFit
from schemas.inputs import Examined
from schemas.task import Task, TaskKind
from tabular.development import Development
from tabular.likeness import likeness, partition_likeness
from tabular.telling import telling_column

LIKENESS_DIGITS = 6


@dataclass(slots=True)
class Examining:
    """Carries out `examine`: host maths over predictions, no candidate code.

    Attributes:
        task: What is to be learned.
        development: The rows with their targets.
        blobs: Where predictions and sources are kept.
    """

    task: Task
    development: Development
    blobs: BlobStore
    _telling: tuple[str | None, ...] = field(default=())

    async def run(self, command: Examine) -> Outcome:
        """Examine in a thread: the core goes on meanwhile."""
        examined = await anyio.to_thread.run_sync(
            self._examine, command, abandon_on_cancel=True
        )
        return Outcome(examined)

    def _examine(self, command: Examine) -> Examined:
        measure = likeness
        if self.task.kind is TaskKind.CLUSTERING:
            measure = partition_likeness
        own = self._predictions(command.fit)
        alike = [
            (round(measure(own, self._predictions(other)), LIKENESS_DIGITS), other)
            for other in command.pool
        ]
        closest, twin = max(alike, key=lambda pair: pair[0], default=(0.0, None))
        return Examined(
            twin=twin.candidate.id if twin else None,
            likeness=closest,
            leak=self._leak(command.fit) if command.is_leak_suspected else None,
        )

    def _predictions(self, fit: PooledFit) -> NDArray[np.float64]:
        """Out-of-fold predictions, fold by fold, shape (rows, columns)."""
        raw = b"".join(self.blobs.read(ref) for ref in fit.predictions)
        return np.frombuffer(raw, dtype="<f8").reshape(-1, fit.columns)

    def _leak(self, fit: PooledFit) -> str | None:
        """What explains a score that is nearly perfect."""
        source = self.blobs.read_text(fit.candidate.source)
        if self.task.target is not None and names_text(source, self.task.target):
            return "its score is nearly perfect and its source names the target column"
        column = self._telling_column()
        if column is None:
            return None
        return (
            f"column {column!r} alone tells the target: "
            "make sure that it is known before the target is"
        )

    def _telling_column(self) -> str | None:
        """The column that tells the target by itself; looked for once."""
        target = self.development.target
        if target is None or self.task.kind is TaskKind.CLUSTERING:
            return None
        if not self._telling:
            found = telling_column(
                self.development.frame,
                target,
                is_classification=bool(self.task.classes),
            )
            self._telling = (found,)
        return self._telling[0]


def names_text(source: str, text: str) -> bool:
    """Whether a source holds exactly this text as a literal."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return any(
        isinstance(node, ast.Constant) and node.value == text for node in ast.walk(tree)
    )
