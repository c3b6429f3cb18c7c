"""An Ensembler at work, with short ways to fill its pool and to answer it."""

from agents.ensembler import Ensembler
from bus.agent import Statement
from schemas.commands import Combine, PooledFit, Propose
from schemas.inputs import Combined, EffectFailed, Proposed, ProposeFailed
from schemas.proposals import StrategyProposal
from schemas.sayings import CandidatePooled, ExplorationClosed
from schemas.settings import RunSettings
from schemas.task import TaskKind
from tests.agents.conversation import Conversation, keys_of, only
from tests.agents.samples import (
    make_candidate,
    make_ensemble,
    make_fit,
    make_ready,
    make_settings,
    make_task,
)

CLOSED = ExplorationClosed(reason="trials")
FAILED = EffectFailed(exception="OSError", message="no space left")
AUTO = StrategyProposal(strategy="auto", reason="numbers decide", origin="expert")


def ensembler(
    settings: RunSettings | None = None,
    *,
    greater_is_better: bool = True,
    kind: TaskKind = TaskKind.BINARY,
    rows: int = 800,
) -> Conversation:
    talk = Conversation(Ensembler(settings or make_settings(trials=30)))
    task = make_task(greater_is_better=greater_is_better, kind=kind)
    task = task.model_copy(update={"rows": rows})
    assert talk.tell(make_ready(task)) == []
    return talk


def fit_number(number: int, score: float = 0.8, family: str = "linear") -> PooledFit:
    candidate = make_candidate(f"c{number:02d}").model_copy(update={"family": family})
    return make_fit(candidate, [score] * 3)


def pool(
    talk: Conversation, number: int, score: float = 0.8, family: str = "linear"
) -> list[Statement]:
    fit = fit_number(number, score, family)
    return talk.tell(CandidatePooled(fit=fit, standard_error=0.01))


def without_asks(statements: list[Statement]) -> list[Statement]:
    return [s for s in statements if not isinstance(s.body, Propose)]


def close(
    talk: Conversation, answer: Proposed | ProposeFailed | None = None
) -> list[Statement]:
    """Close exploration, and answer the ask for a strategy, if there is one."""
    said = talk.tell(CLOSED)
    asked = [s for s in said if isinstance(s.body, Propose)]
    rest = [s for s in said if s not in asked]
    for statement in asked:
        body = answer or Proposed(proposal=AUTO)
        rest += talk.tell(body, key=statement.key)
    return rest


def combined(talk: Conversation, asked: list[Statement]) -> list[Statement]:
    """Answer the one combine that was asked for."""
    command = only(asked, Combine)
    (key,) = keys_of(asked)
    return talk.tell(Combined(ensemble=make_ensemble(command.pool)), key=key)


def members(asked: list[Statement]) -> list[str]:
    return [fit.candidate.id for fit in only(asked, Combine).pool]
