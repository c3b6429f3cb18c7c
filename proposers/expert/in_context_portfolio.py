"""Pretrained networks that read all rows at each prediction: strong on few, dear on many."""

from typing import NamedTuple

from proposers.expert.entry import Entry
from proposers.expert.pace import NETWORK_SHARES, Pace
from schemas.asks import Briefing
from schemas.table import ColumnKind
from schemas.task import Task

MOST_ROWS = 10_000
MOST_COLUMNS = 500
MOST_CLASSES = 10
MOST_ESTIMATORS = 8
"""The default of TabICL, and of TabPFN for few rows."""
COLUMNS_OF_KIND = {ColumnKind.TEXT: 24, ColumnKind.DATETIME: 6}
"""Columns that one of a kind is encoded as, if more than one."""
SECONDS_OF_TRIALS = 60.0
FEWEST_BUDGET_SECONDS = 60.0
"""Their libraries load for 6 seconds, once a run: less is better spent on other models."""
SMOKE_ROWS = 200
SMOKE_SECONDS = 10.0
"""Half of what a smoke trial may take; runs against the clock skip it."""
LOADING_BYTES_PER_SECOND = 1.5e8
WORKING_BYTES = 10**9
BYTES_PER_WEIGHT_BYTE = 3
BYTES_PER_CELL = 2_500


class _Network(NamedTuple):
    """What one pass costs, measured on one thread with weights of the usual size."""

    title: str
    seconds_per_row: float
    seconds_per_cell: float

    def seconds(self, rows: int, columns: int) -> float:
        """Processor time of one pass over all rows of a table."""
        return rows * (self.seconds_per_row + columns * self.seconds_per_cell)


_NETWORKS = {
    "tabicl": _Network("TabICL, a pretrained network", 1.2e-3, 8e-5),
    "tabpfn": _Network("TabPFN, a pretrained network", 1.0e-3, 2.5e-4),
}


def in_context_entries(
    briefing: Briefing, pace: Pace, weights_bytes: dict[str, int]
) -> dict[str, Entry]:
    """Pretrained networks by name that the table, the memory and the time suffice for.

    Args:
        briefing: What is told of the table and the run.
        pace: What a candidate may take.
        weights_bytes: Size of the weights that lie on disk, by family.
    """
    columns = sum(COLUMNS_OF_KIND.get(c.kind, 1) for c in briefing.schema_.columns)
    is_short = (
        briefing.budget_seconds or FEWEST_BUDGET_SECONDS
    ) < FEWEST_BUDGET_SECONDS
    if is_short or not _suits(briefing.task, columns):
        return {}
    entries = {}
    for family, size in weights_bytes.items():
        network = _NETWORKS[family]
        estimators = _affordable(network, briefing.task.rows, columns, pace, size)
        if estimators and _has_memory(briefing, columns, size):
            title = f"{network.title}, {estimators} passes"
            entries[family] = Entry(family, title, {"estimators": estimators})
    return entries


def _suits(task: Task, columns: int) -> bool:
    is_small = task.rows <= MOST_ROWS and columns <= MOST_COLUMNS
    return is_small and len(task.classes) <= MOST_CLASSES and not task.is_weighted


def _affordable(
    network: _Network, rows: int, columns: int, pace: Pace, size: int
) -> int:
    """Passes that a fold has time for, at most the usual number."""
    if pace.seconds is None:
        smoke = SMOKE_SECONDS, min(rows, SMOKE_ROWS)
        jobs = [(SECONDS_OF_TRIALS, rows), smoke]
    else:
        jobs = [(NETWORK_SHARES * pace.seconds, rows)]
    loading = size / LOADING_BYTES_PER_SECOND
    fits = [(s - loading) / network.seconds(count, columns) for s, count in jobs]
    return max(0, min(MOST_ESTIMATORS, int(min(fits))))


def _has_memory(briefing: Briefing, columns: int, size: int) -> bool:
    cells = briefing.task.rows * columns
    needed = WORKING_BYTES + BYTES_PER_WEIGHT_BYTE * size + BYTES_PER_CELL * cells
    return not briefing.memory_bytes or needed <= briefing.memory_bytes
