"""What the report says in sentences."""

from reports.html.material import ReportMaterial
from reports.numbers import score_text, seconds_text
from reports.result import RunResult, TaskSummary
from schemas.task import TaskKind

NORMAL_QUANTILE = 1.96
"""Two-sided 95 % of a normal distribution."""


def summary(material: ReportMaterial) -> tuple[str, str]:
    """What was done and how good it is, in two sentences."""
    result = material.result
    if result.task is None:
        return "The run ended before the table was read.", "There is nothing to score."
    return _effort(result, result.task), _worth(result, result.task)


def _effort(result: RunResult, task: TaskSummary) -> str:
    aim = "group its rows"
    if task.kind is not TaskKind.CLUSTERING:
        aim = f"predict {task.target!r} ({task.kind.value})"
    return (
        f"In {seconds_text(result.seconds)}, {result.counts.loops} candidates were tried "
        f"on {task.rows:,} rows to {aim}; {result.counts.pooled} of them were good enough "
        f"to be combined and {len(result.ensemble)} make up the result."
    )


def _worth(result: RunResult, task: TaskSummary) -> str:
    metric, development = result.metric or "score", result.development
    if development.score is None:
        return "No usable model was found."
    text = f"It scores {metric} {score_text(development.score)}"
    if development.standard_error:
        low, high = interval(development.score, development.standard_error)
        text += f" (95 % interval {score_text(low)} to {score_text(high)})"
    if task.kind is TaskKind.CLUSTERING:
        return f"{text}, judged without labels."
    text += " on rows that its models had not seen"
    if result.optimism is None:
        return f"{text}; there was no sealed test part."
    said = score_text(result.test.get(metric))
    gap = score_text(abs(result.optimism))
    told = f"development looked better by {gap}"
    if result.optimism <= 0:
        told = f"these came out better by {gap}"
    return f"{text}, and {said} on {task.test_rows:,} sealed rows: {told}."


def interval(score: float, standard_error: float) -> tuple[float, float]:
    """A normal 95 % interval of a mean over folds."""
    reach = NORMAL_QUANTILE * standard_error
    return score - reach, score + reach


def openings_text(result: RunResult) -> str:
    """How often the sealed part was looked at."""
    match result.openings:
        case 0:
            return "The sealed part was not opened."
        case 1:
            return "The sealed part was opened once, after the ensemble was frozen."
        case times:
            return (
                f"The sealed part has been opened {times} times: each opening after the "
                "first makes its score a little less honest."
            )
