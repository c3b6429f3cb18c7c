"""A Modeler at work, for tests of what it decides."""

from collections.abc import Sequence

from agents.modeler import Modeler
from bus.agent import Statement
from schemas.asks import Ask
from schemas.candidate import View, ViewProgram
from schemas.commands import Propose, RunJob
from schemas.envelope import Input
from schemas.inputs import (
    EffectFailed,
    FitFinished,
    Proposed,
)
from schemas.jobs import FitJob
from schemas.proposals import NoProposal
from schemas.sayings import (
    LoopClosed,
    LoopOpened,
    TrialScored,
    Verdict,
)
from schemas.settings import RunSettings
from schemas.task import Task
from tests.agents.conversation import Conversation, only
from tests.agents.samples import (
    blob,
    make_proposal,
    make_ready,
    make_report,
    make_settings,
)

NO_MORE = Proposed(proposal=NoProposal(reason="that was all"))
FAILED = EffectFailed(exception="OSError", message="no space left")
RICH = View(
    name="features-1",
    programs=(ViewProgram(name="ratios", source=blob("ratios"), columns=("a",)),),
)


class Desk:
    """A Modeler at work, with short ways to bring a loop from one step to the next."""

    def __init__(self, settings: RunSettings, task: Task | None = None) -> None:
        self.talk = Conversation(Modeler(settings))
        self.opening = self.talk.tell(make_ready(task))

    def answer(self, body: Input, loop: str = "c00") -> list[Statement]:
        """Answer the ask that is out for a loop."""
        return self.talk.tell(body, loop=loop)

    def propose(self, name: str, loop: str = "c00") -> list[Statement]:
        """Answer the ask with a candidate."""
        return self.answer(Proposed(proposal=make_proposal(name)), loop)

    def finish(
        self, statements: Sequence[Statement], score: float = 0.8
    ) -> list[Statement]:
        """Let all jobs of a trial come back."""
        said: list[Statement] = []
        for job in jobs_in(statements):
            name = f"{job.loop}/{job.key}"
            body = FitFinished(report=make_report(score, name))
            said = self.talk.tell(body, loop=job.loop, key=job.key)
        return said

    def judge(self, statements: Sequence[Statement]) -> list[Statement]:
        """Call a scored trial sound."""
        scored = only(statements, TrialScored)
        verdict = Verdict(
            candidate=scored.candidate, rung=scored.rung, verdict="sound", reason=""
        )
        return self.talk.tell(verdict, loop=statements[0].loop)

    def climb(
        self, statements: Sequence[Statement], score: float = 0.8
    ) -> list[Statement]:
        """Take a drafted version all the way to what follows its full trial."""
        said = list(statements)
        while jobs_in(said):
            said = self.judge(self.finish(said, score))
        return said


def jobs_in(statements: Sequence[Statement]) -> list[Statement]:
    return [s for s in statements if isinstance(s.body, RunJob)]


def fit_jobs(statements: Sequence[Statement]) -> list[FitJob]:
    bodies = [s.body for s in statements]
    found = [body.job for body in bodies if isinstance(body, RunJob)]
    return [job for job in found if isinstance(job, FitJob)]


def loops_opened(statements: Sequence[Statement]) -> list[str | None]:
    return [s.loop for s in statements if isinstance(s.body, LoopOpened)]


def closing_reason(statements: Sequence[Statement]) -> str:
    return only(statements, LoopClosed).reason


def desk(trials: int | None = 60, task: Task | None = None) -> Desk:
    return Desk(make_settings(trials=trials), task)


def asks_in(statements: Sequence[Statement]) -> list[Ask]:
    return [s.body.ask for s in statements if isinstance(s.body, Propose)]


def improving(settings: RunSettings) -> tuple[Desk, list[Statement]]:
    """One candidate in the pool, and a proposer that has no further draft."""
    work = Desk(settings)
    said = work.climb(work.propose("draft"))
    if jobs_out := [s for s in said if isinstance(s.body, Propose) and s.loop == "c00"]:
        said = work.answer(NO_MORE, jobs_out[0].loop or "")
    for loop in sorted({s.loop for s in [*work.opening, *said] if s.loop} - {"c00"}):
        said = [*said, *work.answer(NO_MORE, loop)]
    return work, said
