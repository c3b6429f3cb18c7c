"""What the report says in sentences."""

from reports.html.material import ReportMaterial
from reports.llm import LlmSummary
from reports.numbers import score_text, seconds_text
from reports.result import RunResult, TaskSummary
from schemas.settings import RunSettings
from schemas.task import TaskKind
from tabular.metrics import metric_named
from tabular.own_metrics import is_own_metric

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
        f"In {seconds_text(result.seconds)}, {result.counts.loops} candidates were begun and "
        f"{result.counts.trials} trials made on {task.rows:,} rows to {aim}; "
        f"{result.counts.pooled} versions of them were good enough to be combined and "
        f"{_members(len(result.ensemble))}."
    )


def _members(count: int) -> str:
    return "1 makes up the result" if count == 1 else f"{count} make up the result"


def _worth(result: RunResult, task: TaskSummary) -> str:
    metric, development = result.metric or "score", result.development
    if development.score is None:
        return "No usable model was found."
    text = f"It scores {metric} {score_text(development.score)}"
    if within := interval_text(result):
        text += f" ({within})"
    if task.kind is TaskKind.CLUSTERING:
        return f"{text}, judged without labels."
    text += " on rows that its models had not seen"
    if result.optimism is None and task.test_rows:
        return f"{text}; the sealed test part was not scored."
    if result.optimism is None:
        return f"{text}; there was no sealed test part."
    said = score_text(result.test.get(metric))
    gap = score_text(abs(result.optimism))
    told = f"development looked better by {gap}"
    if result.optimism <= 0:
        told = f"these came out better by {gap}"
    return f"{text}, and {said} on {task.test_rows:,} sealed rows: {told}."


def interval_text(result: RunResult) -> str:
    """A normal 95 % interval of the development score; empty without a standard error.

    It goes no further than a metric can: no loss of ours is below 0, no gain above 1.
    """
    task, development = result.task, result.development
    if task is None or result.metric is None:
        return ""
    if development.score is None or not development.standard_error:
        return ""
    reach = NORMAL_QUANTILE * development.standard_error
    low, high = development.score - reach, development.score + reach
    if not is_own_metric(result.metric):
        if metric_named(result.metric, task.kind).greater_is_better:
            high = min(high, 1.0)
        else:
            low = max(low, 0.0)
    return f"95 % interval {score_text(low)} to {score_text(high)}"


def status_text(result: RunResult) -> str:
    """How it ended, in a few words."""
    match result.status:
        case "done":
            return "it is done"
        case "cancelled":
            return "it was cancelled, and this is what there was until then"
        case "no_model":
            return "it found no usable model"
        case "bad_input":
            return "its input could not be used"
        case "crashed" | "failed":
            return "it broke off, and run.log says why"
        case "unfinished":
            return "it is not finished"


def test_text(result: RunResult) -> str:
    """Which rows the test was made on."""
    task = result.task
    if task is None:
        return ""
    if task.kind is TaskKind.CLUSTERING:
        return "the label column was read once, at the end"
    return f"on {task.test_rows:,} sealed rows"


def budget_text(settings: RunSettings) -> str:
    """What the run was given."""
    if settings.trials is not None:
        return f"{settings.trials:,} asked for"
    return f"of a budget of {seconds_text(settings.budget_seconds or 0.0)}"


def leak_text(material: ReportMaterial) -> str:
    """Whether something gave the target away, and how that was looked for."""
    result = material.result
    if result.task is None or result.task.kind is TaskKind.CLUSTERING:
        return "There is no target that could leak."
    how = (
        "Models get rows with targets and rows without, and return predictions only; "
        "scores are computed from these by the host."
    )
    if not material.suspicions:
        return f"{how} No score was too good to be true."
    times = "once" if material.suspicions == 1 else f"{material.suspicions} times"
    what = "this was found" if material.leaks else "no column was found that tells it"
    return (
        f"{how} A score was too good to be true {times}; the table was searched for what "
        f"gives the target away, and {what}."
    )


def model_text(llm: LlmSummary, result: RunResult) -> str:
    """Whether a language model was worth what it took, in a sentence."""
    metric = result.metric or "score"
    if llm.with_it is None:
        return "There is no ensemble, so there is nothing to say of its worth."
    if llm.without_it is None or llm.gain is None:
        return (
            f"The ensemble scores {metric} {score_text(llm.with_it)}; nothing in it is free "
            "of the model, so there is nothing to compare with."
        )
    compared = (
        f"{metric} {score_text(llm.with_it)} with it and {score_text(llm.without_it)} "
        "without"
    )
    match llm.gain:
        case gain if gain > 0:
            return f"It helped: the same rows are scored {compared}."
        case gain if gain < 0:
            return f"It did not help: the same rows are scored {compared}."
        case _:
            return f"It changed nothing: the same rows are scored {compared}."


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
