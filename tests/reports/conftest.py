"""A small run, built by hand: two loops, a failure, a repair, a view and a test."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from schemas.asks import DraftAsk
from schemas.base import BlobRef
from schemas.candidate import RAW_VIEW, Candidate, View, ViewProgram
from schemas.commands import (
    Combine,
    PooledFit,
    PrepareTable,
    Propose,
    RunJob,
    ScoreHoldout,
)
from schemas.ensemble import Ensemble, Member, WeightedAverage
from schemas.envelope import Cost, Envelope, Message
from schemas.inputs import (
    Combined,
    EffectCancelled,
    FitFinished,
    HoldoutScored,
    JobFailed,
    Proposed,
    RunStarted,
    TablePrepared,
    Tick,
    WorkersReady,
)
from schemas.jobs import Failure, FitJob, FitReport, JobLimits, JobUsage, Rung
from schemas.proposals import CandidateProposal, NoProposal, RepairProposal
from schemas.sayings import (
    CandidateDrafted,
    CandidatePooled,
    EnsembleChosen,
    ExplorationClosed,
    LoopClosed,
    LoopOpened,
    RepairReady,
    RunFinished,
    TaskReady,
    TrialFailed,
    TrialScored,
    TrialStarted,
    Verdict,
    ViewAccepted,
)
from schemas.settings import RunSettings, TableSettings
from schemas.table import TableProfile
from schemas.task import Task, TaskKind

STARTED_AT = 1_760_000_000_000_000_000
NANOSECONDS_PER_SECOND = 1_000_000_000
BLOB = BlobRef(digest="ab" * 32, size=10)
TASK = Task(
    kind=TaskKind.BINARY,
    target="churn",
    classes=("no", "yes"),
    metric="roc_auc",
    greater_is_better=True,
    rows=800,
    features=12,
    test_rows=200,
    folds=5,
    validation_rows=800,
)
PROFILE = TableProfile(
    rows=800, columns=(), warnings=("Column 'id' looks like a key.",)
)
RICH_VIEW = View(
    name="rich",
    programs=(ViewProgram(name="ratios", source=BLOB, columns=("a_per_b", "b_per_c")),),
)


@dataclass
class Journal:
    """Builds envelopes with dense numbers, a chain and a clock."""

    lines: list[Envelope] = field(default_factory=list)
    t: int = STARTED_AT
    chain: str = ""

    def hear(
        self,
        body: Message,
        *,
        key: str | None = None,
        cost: Cost | None = None,
        seconds: float = 1.0,
    ) -> None:
        if self.lines:
            self.t += int(seconds * NANOSECONDS_PER_SECOND)
        self._add(body, io="in", key=key, cost=cost)

    def say(
        self, body: Message, *, loop: str | None = None, key: str | None = None
    ) -> None:
        self._add(body, io="out", loop=loop, key=key)

    def _add(self, body: Message, **fields: object) -> None:
        line = {"run": "r1", "session": 0, "seq": len(self.lines), "src": "test"}
        self.chain = hashlib.sha256(f"{self.chain}{body!r}".encode()).hexdigest()
        self.lines.append(
            Envelope.model_validate(
                {**line, "t": self.t, "chain": self.chain, "body": body, **fields}
            )
        )


def make_candidate(name: str, family: str, view: View = RAW_VIEW) -> Candidate:
    loop, _, version = name.rpartition("-v")
    is_draft = version == "1"
    return Candidate(
        id=name,
        loop=loop,
        version=int(version),
        family=family,
        title=f"{family} with defaults",
        source=BLOB,
        fingerprint="f",
        view=view,
        origin="expert",
        operator="draft" if is_draft else "repair",
        parent=None if is_draft else f"{loop}-v{int(version) - 1}",
    )


def make_fit(candidate: Candidate, score: float) -> PooledFit:
    return PooledFit(
        candidate=candidate,
        folds=(0, 1, 2, 3, 4),
        predictions=(BLOB,) * 5,
        models=(BLOB,) * 5,
        columns=2,
        score=score,
    )


def make_job(candidate: Candidate, rung: Rung) -> RunJob:
    limits = JobLimits(wall_seconds=9, cpu_seconds=9, memory_bytes=1 << 30, threads=1)
    job = FitJob(
        candidate=candidate.id,
        rung=rung,
        fold=0,
        source=BLOB,
        view=candidate.view,
        seed=0,
        limits=limits,
    )
    return RunJob(job=job)


def make_ensemble(score: float, *members: tuple[Candidate, float]) -> Ensemble:
    return Ensemble(
        members=tuple(
            Member(
                candidate=candidate.id,
                family=candidate.family,
                title=candidate.title,
                source=BLOB,
                view=candidate.view,
                models=(BLOB,) * 5,
                weight=weight,
            )
            for candidate, weight in members
        ),
        combination=WeightedAverage(
            strategy="greedy", weights=tuple(weight for _, weight in members)
        ),
        score=score,
        standard_error=0.0041,
    )


def fit_report(score: float) -> FitReport:
    return FitReport(
        score=score,
        predictions=BLOB,
        columns=2,
        distinct=500,
        model=BLOB,
        usage=JobUsage(seconds=1.0, cpu_seconds=0.9, peak_bytes=90 << 20),
    )


def open_run(journal: Journal) -> None:
    settings = RunSettings(
        tables=TableSettings(table="churn.csv", target="churn"), budget_seconds=60.0
    )
    journal.hear(
        RunStarted(
            settings=settings,
            versions=(("scikit-learn", "1.9.0"), ("pandas", "3.0.0")),
            fingerprint="f",
        )
    )
    layers = (("seccomp", "active"), ("landlock", "kernel too old"))
    journal.hear(WorkersReady(isolation=layers), seconds=0.0)
    journal.say(PrepareTable(), key="prepare")
    journal.hear(
        TablePrepared(
            task=TASK,
            profile=PROFILE,
            table_schema=BLOB,
            showcase=BLOB,
            baseline=0.5,
            seal="s",
        ),
        key="prepare",
        cost=Cost(cpu_seconds=0.7, peak_bytes=20 << 20),
    )
    journal.say(TaskReady(task=TASK, profile=PROFILE, baseline=0.5))


def try_candidate(
    journal: Journal, candidate: Candidate, rung: Rung, score: float
) -> None:
    loop, key = candidate.loop, f"job-{candidate.id}-{rung}"
    journal.say(TrialStarted(candidate=candidate.id, rung=rung, jobs=1), loop=loop)
    journal.say(make_job(candidate, rung), loop=loop, key=key)
    cost = Cost(cpu_seconds=0.9, peak_bytes=90 << 20)
    journal.hear(FitFinished(report=fit_report(score)), key=key, cost=cost)
    journal.say(
        TrialScored(
            candidate=candidate.id,
            rung=rung,
            fit=make_fit(candidate, score),
            fold_scores=(score,),
            score=score,
            standard_error=0.01,
            distinct=500,
            seconds=0.9,
        ),
        loop=loop,
    )


def pool_candidate(
    journal: Journal, candidate: Candidate, score: float, *, is_new: bool = True
) -> None:
    if is_new:
        journal.say(LoopOpened(), loop=candidate.loop)
        journal.say(CandidateDrafted(candidate=candidate), loop=candidate.loop)
    try_candidate(journal, candidate, Rung.SMOKE, score - 0.1)
    try_candidate(journal, candidate, Rung.FULL, score)
    verdict = Verdict(
        candidate=candidate.id, rung=Rung.FULL, verdict="sound", reason=""
    )
    journal.say(verdict, loop=candidate.loop)
    fit = make_fit(candidate, score)
    journal.say(CandidatePooled(fit=fit, standard_error=0.0052), loop=candidate.loop)


def fail_candidate(
    journal: Journal, broken: Candidate, mended: Candidate, failure: Failure
) -> None:
    loop = broken.loop
    journal.say(LoopOpened(), loop=loop)
    journal.say(CandidateDrafted(candidate=broken), loop=loop)
    journal.say(TrialStarted(candidate=broken.id, rung=Rung.SMOKE, jobs=1), loop=loop)
    journal.say(make_job(broken, Rung.SMOKE), loop=loop, key=f"job-{broken.id}")
    failed = JobFailed(failure=failure, output=None, seconds=0.2)
    journal.hear(failed, key=f"job-{broken.id}", cost=Cost(cpu_seconds=0.2))
    journal.say(
        TrialFailed(candidate=broken, rung=Rung.SMOKE, failure=failure), loop=loop
    )
    proposal = RepairProposal(
        source=BLOB, fingerprint="g", diagnosis="missing values", origin="llm"
    )
    cost = Cost(tokens=1200, money=0.002)
    journal.hear(Proposed(proposal=proposal), key="repair", cost=cost)
    journal.say(RepairReady(candidate=mended, diagnosis="missing values"), loop=loop)


def judge_degenerate(journal: Journal, candidate: Candidate) -> None:
    journal.say(LoopOpened(), loop=candidate.loop)
    journal.say(CandidateDrafted(candidate=candidate), loop=candidate.loop)
    try_candidate(journal, candidate, Rung.SMOKE, 0.5)
    verdict = Verdict(
        candidate=candidate.id,
        rung=Rung.SMOKE,
        verdict="degenerate",
        reason="one distinct prediction",
    )
    journal.say(verdict, loop=candidate.loop)
    journal.say(LoopClosed(reason="degenerate"), loop=candidate.loop)


def close_run(journal: Journal, ensemble: Ensemble, scores: dict[str, float]) -> None:
    journal.say(ExplorationClosed(reason="budget"))
    pool = tuple(make_fit(make_candidate("L1-v1", "lightgbm"), 0.84) for _ in range(1))
    journal.say(Combine(pool=pool, is_final=True), key="combine")
    nested = ensemble.model_copy(update={"nested": 0.8455})
    journal.hear(Combined(ensemble=nested), key="combine")
    journal.say(EnsembleChosen(ensemble=nested, is_final=True))
    journal.say(ScoreHoldout(ensemble=nested), key="holdout")
    scored = HoldoutScored(scores=tuple(scores.items()), opening=1)
    journal.hear(scored, key="holdout")
    journal.say(RunFinished(status="done"))


@pytest.fixture
def a_run() -> list[Envelope]:
    """The envelopes of a whole run, first to last."""
    journal = Journal()
    boosted = make_candidate("L1-v1", "lightgbm")
    broken = make_candidate("L2-v1", "linear", RICH_VIEW)
    mended = make_candidate("L2-v2", "linear", RICH_VIEW)
    failure = Failure(
        kind="exception", stage="fit", exception="ValueError", message="X has NaN"
    )
    open_run(journal)
    draft = Propose(ask=DraftAsk(index=0, views=(RAW_VIEW,)))
    journal.say(draft, key="propose-0")
    proposal = CandidateProposal(
        family="lightgbm",
        title="lightgbm with defaults",
        source=BLOB,
        fingerprint="f",
        view="raw",
        origin="expert",
    )
    journal.hear(Proposed(proposal=proposal), key="propose-0")
    pool_candidate(journal, boosted, 0.84)
    first = make_ensemble(0.84, (boosted, 1.0))
    journal.say(EnsembleChosen(ensemble=first, is_final=False))
    journal.say(ViewAccepted(view=RICH_VIEW))
    fail_candidate(journal, broken, mended, failure)
    pool_candidate(journal, mended, 0.79, is_new=False)
    judge_degenerate(journal, make_candidate("L3-v1", "dummy"))
    journal.say(make_job(boosted, Rung.FULL), key="taken-back")
    journal.hear(Tick(elapsed_seconds=60.0), seconds=40.0)
    journal.hear(EffectCancelled(), key="taken-back")
    journal.hear(Proposed(proposal=NoProposal(reason="no more")), key="propose-9")
    final = make_ensemble(0.85, (mended, 0.25), (boosted, 0.75))
    close_run(journal, final, {"roc_auc": 0.836, "log_loss": 0.412})
    return journal.lines


@pytest.fixture
def as_envelope() -> Callable[[Message], Envelope]:
    """Wraps one message that stands alone."""

    def wrap(body: Message) -> Envelope:
        io = "in" if type(body).__module__ == "schemas.inputs" else "out"
        return Envelope.model_validate(
            {"run": "r1", "session": 0, "seq": 0, "src": "test", "t": 0}
            | {"io": io, "body": body}
        )

    return wrap
