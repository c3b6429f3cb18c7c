"""What the test is worth on rows that repeat none that was learned from, in words."""

from reports.numbers import score_text
from reports.result import RunResult


def copies_text(result: RunResult) -> str:
    """One sentence; empty where no test row repeats a row that was learned from."""
    without, task = result.without_copies, result.task
    if without is None or task is None:
        return ""
    metric = result.metric or "score"
    if metric not in without.scores:
        return (
            f"{without.copies} of {task.test_rows} test rows repeat a row learned from"
        )
    return (
        f"{metric} {score_text(without.scores[metric])} without the {without.copies} of "
        f"{task.test_rows} test rows that repeat a row learned from"
    )
