"""How finely numbers are shown in bins to models that cannot cut them themselves."""

from schemas.task import Task, TaskKind

FEW = 8
MANY = 32
FEWEST_ROWS_OF_MANY = 1_500
"""With values to predict and so many rows, 32 bins are better than 8 on nearly every table;
classes and few rows do not need them."""


def bins_of(task: Task) -> int:
    """Most bins of one number."""
    return MANY if needs_many(task) else FEW


def needs_many(task: Task) -> bool:
    """Whether rows are many enough to tell how values change from bin to bin."""
    return task.kind is TaskKind.REGRESSION and task.rows >= FEWEST_ROWS_OF_MANY
