"""What is said to a Feature agent in its tests."""

from agents.feature import Feature
from bus.agent import Statement
from schemas.commands import RunJob
from schemas.inputs import FeatureFinished, JobFailed, Proposed
from schemas.jobs import ColumnJudgement, FeatureJob, FeatureReport
from schemas.proposals import FeatureProgram, FeatureProposal
from tests.agents.conversation import Conversation
from tests.agents.samples import (
    USAGE,
    blob,
    make_failure,
    make_ready,
    make_settings,
    make_task,
)


def feature(folds: int = 5, rounds: int = 1) -> Conversation:
    settings = make_settings(budget_seconds=60.0, feature_rounds=rounds)
    talk = Conversation(Feature(settings))
    talk.tell(make_ready(make_task(folds=folds)))
    return talk


def propose(talk: Conversation, *names: str) -> list[Statement]:
    programs = tuple(
        FeatureProgram(name=name, source=blob(name), idea=name) for name in names
    )
    return talk.tell(Proposed(proposal=FeatureProposal(programs=programs)))


def judged(
    name: str, importance: float, shadow: float = 0.1, fault: str | None = None
) -> ColumnJudgement:
    return ColumnJudgement(
        name=name,
        importance=importance,
        shadow_importance=shadow,
        statistic=1.0,
        fault=fault,
    )


def report(*judgements: ColumnJudgement, seconds: float = 0.1) -> FeatureReport:
    usage = USAGE.model_copy(update={"cpu_seconds": seconds})
    return FeatureReport(judgements=judgements, usage=usage)


def finish(
    talk: Conversation,
    job: Statement,
    *judgements: ColumnJudgement,
    seconds: float = 0.1,
) -> list[Statement]:
    body = FeatureFinished(report=report(*judgements, seconds=seconds))
    return talk.tell(body, loop=job.loop, key=job.key)


def fail(talk: Conversation, job: Statement, seconds: float = 0.1) -> list[Statement]:
    body = JobFailed(failure=make_failure(), output=None, seconds=seconds)
    return talk.tell(body, loop=job.loop, key=job.key)


def pass_all(
    talk: Conversation, first: Statement, *judgements: ColumnJudgement
) -> list[Statement]:
    """Judge a program alike in each of its folds; the last answer counts."""
    said = finish(talk, first, *judgements)
    for job in [s for s in said if isinstance(s.body, RunJob)]:
        said = finish(talk, job, *judgements)
    return said


def compare(
    talk: Conversation, said: list[Statement], *judgements: ColumnJudgement
) -> list[Statement]:
    """Answer the job in which all that passed is held against each other."""
    (job,) = [s for s in said if isinstance(s.body, RunJob)]
    return finish(talk, job, *judgements)


def jobs_of(statements: list[Statement]) -> list[FeatureJob]:
    commands = [s.body for s in statements if isinstance(s.body, RunJob)]
    return [c.job for c in commands if isinstance(c.job, FeatureJob)]
