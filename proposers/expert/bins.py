"""How finely numbers are shown in bins to models that cannot cut them themselves."""

from schemas.task import Task, TaskKind

FEW = 8
MANY = 32
FEWEST_ROWS_OF_MANY = 1_500
"""With values to predict and so many rows, 32 bins are better than 8 on nearly every table;
classes and few rows do not need them."""


def bins_of(task: Task) -> int:
    """Most bins of one number."""
    has_values = task.kind is TaskKind.REGRESSION
    return MANY if has_values and task.rows >= FEWEST_ROWS_OF_MANY else FEW
