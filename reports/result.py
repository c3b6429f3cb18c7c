"""`result.json`: the summary of a run for machines, folded from its journal."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Literal

from reports.clustering import ClusteringSummary, summarise_clustering
from reports.fold import RunFold
from reports.llm import LlmSummary
from reports.part import Summary
from reports.stages import StageCost
from schemas.ensemble import Ensemble
from schemas.envelope import Envelope
from schemas.sayings import RunCrashed, RunFinished
from schemas.task import Task, TaskKind

RunStatus = Literal[
    "done", "cancelled", "no_model", "bad_input", "failed", "crashed", "unfinished"
]
"""How a run ended. What `RunFinished` says, or `crashed` by a bug of ours (it can be
resumed once that is mended), or `unfinished` if the journal stops before its end."""


class TaskSummary(Summary):
    """What was to be learned, as in `Task`; classes are called what predictions call them."""

    kind: TaskKind
    target: str | None
    classes: tuple[str, ...]
    rows: int
    features: int
    test_rows: int
    folds: int


class Development(Summary):
    """Scores on development rows, each predicted by a model that had not seen it.

    Attributes:
        score: The run's metric, or None if there is no ensemble.
        standard_error: Of that score, over folds; for fewer than three, over parts of the rows.
        nested: The score with the combination itself chosen inside folds.
    """

    score: float | None = None
    standard_error: float | None = None
    nested: float | None = None


class WithoutCopies(Summary):
    """The test once more, without rows whose features are those of a row learned from.

    Attributes:
        copies: How many test rows were left out.
        scores: Metrics on the others; empty if these are too few.
    """

    copies: int
    scores: dict[str, float]


class MemberSummary(Summary):
    """One member of the ensemble."""

    candidate: str
    family: str
    view: str
    weight: float


class Counts(Summary):
    """How often things happened.

    Attributes:
        proposals: Answers of a proposer that held something to try.
        loops: Candidate lives that began.
        trials: Versions of candidates that went to a rung.
        jobs: Worker processes that came to an end of their own, fits and features.
        failures: Trials that failed.
        repairs: Mended versions that were tried.
        pooled: Sound candidates that an ensemble could be built from.
    """

    proposals: int = 0
    loops: int = 0
    trials: int = 0
    jobs: int = 0
    failures: int = 0
    repairs: int = 0
    pooled: int = 0


class Memory(Summary):
    """Largest memory of a worker process, beyond the preloaded libraries."""

    peak_bytes: int = 0


class JournalSummary(Summary):
    """Which journal the result was derived from.

    Attributes:
        events: Number of its lines.
        digest: Chain of its last line, which covers all lines.
    """

    events: int = 0
    digest: str = ""


class RunResult(Summary):
    """The summary of a run.

    Attributes:
        task: What was to be learned, None if the table was never prepared.
        metric: The metric that steered the run.
        development: Scores on development rows.
        test: Metrics on the sealed rows, in the order they were computed.
        optimism: How much better development looked than the test, on the run's metric;
            positive whatever the direction of the metric.
        ensemble: Members, heaviest first, equal weights by candidate id.
        counts: How often things happened.
        seconds: Wall-clock time, without the gaps between sessions.
        tokens: Tokens sent to and received from language models.
        money: In US dollars.
        memory: Largest memory of a worker process.
        journal: Which journal this was derived from.
        isolation: Layer to state, as recorded.
        versions: Library to version, by name.
        status: How the run ended.
        warnings: Sentences about the table and about scores that look too good, then what
            went wrong at the end.
        strategy: How the members are combined.
        openings: How often the sealed rows have been opened, this run included.
        without_copies: The test without copies of rows learned from; None without any.
        stages: What each stage took, by its name.
        llm: What a language model took and brought; None in a run without one.
        clustering: Clusters, why so many, and what each is like; None for other tasks.
    """

    task: TaskSummary | None
    metric: str | None
    development: Development
    test: dict[str, float]
    optimism: float | None
    ensemble: tuple[MemberSummary, ...]
    counts: Counts
    seconds: float
    tokens: int
    money: float
    memory: Memory
    journal: JournalSummary
    isolation: dict[str, str]
    versions: dict[str, str]
    status: RunStatus
    warnings: tuple[str, ...]
    strategy: str | None
    openings: int
    without_copies: WithoutCopies | None
    stages: dict[str, StageCost]
    llm: LlmSummary | None = None
    clustering: ClusteringSummary | None = None


def derive_result(envelopes: Iterable[Envelope]) -> RunResult:
    """Fold a journal into its result; any prefix of a journal gives a result too.

    Args:
        envelopes: All lines in order. Memory does not grow with their number.
    """
    fold = RunFold()
    for envelope in envelopes:
        fold.hear(envelope)
    return assemble_result(fold)


def result_bytes(result: RunResult) -> bytes:
    """Return the content of `result.json`.

    The same result gives the same bytes: UTF-8, two spaces of indent, keys in the order
    of the model's fields, numbers in their shortest form, NaN and infinity as null, and
    a newline at the end.
    """
    return result.model_dump_json(indent=2).encode() + b"\n"


def assemble_result(fold: RunFold) -> RunResult:
    """Sum up what is known of a run so far."""
    task, ensemble, holdout = fold.task, fold.ensemble, fold.holdout
    started = fold.started
    sign = 1.0 if task is None or task.greater_is_better else -1.0
    return RunResult(
        task=None if task is None else _summarise_task(task),
        metric=None if task is None else task.metric,
        development=_summarise_scores(ensemble),
        test={} if holdout is None else dict(holdout.scores),
        optimism=_optimism(fold),
        ensemble=_summarise_members(ensemble),
        counts=Counts.model_validate(asdict(fold.tally)),
        seconds=fold.clock.seconds(),
        tokens=fold.tokens,
        money=fold.money,
        memory=Memory(peak_bytes=fold.peak_bytes),
        journal=JournalSummary(events=fold.events, digest=fold.digest),
        isolation=dict(fold.isolation),
        versions={} if started is None else dict(sorted(started.versions)),
        status=_status(fold),
        warnings=_warnings(fold),
        strategy=None if ensemble is None else ensemble.combination.strategy,
        openings=fold.openings,
        stages={stage.value: cost for stage, cost in fold.stages.costs.items()},
        without_copies=_without_copies(fold),
        llm=fold.llm.summary(ensemble, sign),
        clustering=summarise_clustering(task, fold.survey, ensemble),
    )


def _without_copies(fold: RunFold) -> WithoutCopies | None:
    holdout = fold.holdout
    if holdout is None or not holdout.copies:
        return None
    scores = dict(holdout.scores_without_copies)
    return WithoutCopies(copies=holdout.copies, scores=scores)


def _optimism(fold: RunFold) -> float | None:
    task, ensemble, holdout = fold.task, fold.ensemble, fold.holdout
    if task is None or ensemble is None or holdout is None:
        return None
    test = dict(holdout.scores).get(task.metric)
    if test is None:
        return None
    gap = ensemble.score - test
    return gap if task.greater_is_better else -gap


def _warnings(fold: RunFold) -> tuple[str, ...]:
    found = (*fold.table_warnings, *fold.leak_warnings)
    match fold.end:
        case RunFinished(message=message) if message:
            return (*found, message)
        case RunCrashed(exception=exception, message=message):
            return (*found, f"{exception}: {message}")
        case _:
            return found


def _status(fold: RunFold) -> RunStatus:
    match fold.end:
        case RunFinished(status=status):
            return status
        case RunCrashed():
            return "crashed"
        case None:
            return "unfinished"


def _summarise_task(task: Task) -> TaskSummary:
    return TaskSummary(
        kind=task.kind,
        target=task.target,
        classes=task.labels,
        rows=task.rows,
        features=task.features,
        test_rows=task.test_rows,
        folds=task.folds,
    )


def _summarise_scores(ensemble: Ensemble | None) -> Development:
    if ensemble is None:
        return Development()
    return Development(
        score=ensemble.score,
        standard_error=ensemble.standard_error,
        nested=ensemble.nested,
    )


def _summarise_members(ensemble: Ensemble | None) -> tuple[MemberSummary, ...]:
    if ensemble is None:
        return ()
    members = sorted(ensemble.members, key=lambda m: (-m.weight, m.candidate))
    return tuple(
        MemberSummary(
            candidate=member.candidate,
            family=member.family,
            view=member.view.name,
            weight=member.weight,
        )
        for member in members
    )
