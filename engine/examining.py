"""Holds a candidate against others of its kind, and a score that is too good to its cause."""

import ast
from dataclasses import dataclass

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
    _leaks: tuple[str, ...] | None = None

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
        """Out-of-fold predictions, fold by fold, shape (rows, columns).

        Of a clusterer the labels of all rows: its refits give clusters other names.
        """
        refs = fit.predictions
        if self.task.kind is TaskKind.CLUSTERING:
            refs = refs[:1]
        raw = b"".join(self.blobs.read(ref) for ref in refs)
        return np.frombuffer(raw, dtype="<f8").reshape(-1, fit.columns)

    def _leak(self, fit: PooledFit) -> str | None:
        """What explains a score that is nearly perfect."""
        source = self.blobs.read_text(fit.candidate.source)
        if self.task.target is not None and names_text(source, self.task.target):
            return "a score is nearly perfect, and the source behind it names the target column"
        if self._leaks is None:
            self._leaks = self._find_leaks()
        return self._leaks[0] if self._leaks else None

    def _find_leaks(self) -> tuple[str, ...]:
        """Sentences on columns that tell the target by themselves; looked for once."""
        # Few runs come here, and loading trees takes longer than all the rest.
        from tabular.leaks import find_leaks, score_without  # noqa: PLC0415

        development = self.development
        if development.target is None or self.task.kind is TaskKind.CLUSTERING:
            return ()
        columns = development.table_schema.columns
        leaks = find_leaks(
            development.frame, columns, development.target, self.task.kind
        )
        telling = {leak.column: leak for leak in leaks if leak.sign == "too_good"}
        if not telling:
            return ()
        without = score_without(
            {name for name in telling if name},
            development.frame,
            columns,
            development.target,
            self.task.kind,
        )
        more = f"Without such columns some trees score {without:.3f}."
        return tuple(f"{leak.text} {more}" for leak in telling.values())


def names_text(source: str, text: str) -> bool:
    """Whether a source holds exactly this text as a literal."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return any(
        isinstance(node, ast.Constant) and node.value == text for node in ast.walk(tree)
    )
