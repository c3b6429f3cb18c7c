"""Which names of new columns may be told to proposers: none that may speak of rows.

Names are told and targets are not, so a program gets targets only if it asks for them, and
then its names must be the same for targets that were shuffled.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from engine.failing import refused
from executors.outcome import JobFailure, JobSuccess
from schemas.candidate import ViewProgram
from schemas.table import TableSchema
from tabular.tellable import is_tellable_column

UNTOLD = "its name is not made of words of its program and its table"
NAMED_AFTER_TARGETS = "the names of its program's columns change with the targets"
_ASKS_FOR_TARGET = re.compile(r"\bneeds_y\s*(?::\s*bool\s*)?=\s*True\b")


def asks_for_target(source: str) -> bool:
    """Whether a source says, in these words, that a program needs the target."""
    return _ASKS_FOR_TARGET.search(source) is not None


def why_untold(
    names: Sequence[str], source: str, schema: TableSchema
) -> list[str | None]:
    """Why each name of a new column might say something about rows, None if it cannot."""
    known = [column.name for column in schema.columns]
    levels = [level for column in schema.columns for level in column.levels]
    return [
        None if is_tellable_column(name, source, known, levels) else UNTOLD
        for name in names
    ]


def why_named_after_targets(
    made: JobSuccess, shuffled: JobSuccess | JobFailure
) -> str | None:
    """Why no name may be told, if other names came from targets that were shuffled."""
    if isinstance(shuffled, JobSuccess) and shuffled.names == made.names:
        return None
    return NAMED_AFTER_TARGETS


def with_chosen_names(
    made: JobSuccess, programs: Sequence[ViewProgram]
) -> JobSuccess | JobFailure:
    """Call the columns of a view by the names that were chosen, whatever code calls them."""
    chosen = tuple(name for program in programs for name in program.columns)
    if len(made.names) == len(chosen):
        return replace(made, names=chosen)
    return refused(made, f"{len(made.names)} columns, expected {len(chosen)}")
