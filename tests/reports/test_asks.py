"""What a model was asked for is told from what the expert was asked for."""

from collections.abc import Callable

from reports.asks import AskFold
from schemas.asks import DraftAsk
from schemas.candidate import RAW_VIEW
from schemas.commands import Propose
from schemas.envelope import Cost, Envelope, Message
from schemas.inputs import Proposed, ProposeFailed, RunStarted
from schemas.lane import Lane
from schemas.proposals import NoProposal
from schemas.settings import RunSettings, TableSettings

Wrap = Callable[[Message], Envelope]
COST = Cost(calls=2, tokens=900, money=0.01, answer_seconds=1.5)


def started(proposer: str) -> RunStarted:
    settings = RunSettings(tables=TableSettings(table="t"), trials=9, proposer=proposer)
    return RunStarted(settings=settings, versions=(), fingerprint="f")


def asked(wrap: Wrap, key: str, lane: Lane) -> Envelope:
    command = Propose(ask=DraftAsk(index=0, views=(RAW_VIEW,)), lane=lane)
    return wrap(command).model_copy(update={"key": key})


def answered(wrap: Wrap, key: str, body: Message) -> Envelope:
    return wrap(body).model_copy(update={"key": key, "cost": COST})


def test_asks_and_what_they_took_are_summed_by_kind(as_envelope: Wrap) -> None:
    fold = AskFold()

    fold.hear(as_envelope(started("llm")))
    for key in ("a", "b", "c"):
        fold.hear(asked(as_envelope, key, "main"))
    fold.hear(answered(as_envelope, "a", ProposeFailed(message="no server")))
    fold.hear(answered(as_envelope, "b", ProposeFailed(message="no server")))
    fold.hear(answered(as_envelope, "c", Proposed(proposal=NoProposal(reason="x"))))

    (row,) = fold.rows()
    assert (row.purpose, row.asked, row.failed, row.empty) == ("draft", 3, 2, 1)
    assert (row.calls, row.tokens, row.answer_seconds) == (6, 2700, 4.5)
    (failed,) = fold.failed()
    assert (failed.message, failed.times) == ("no server", 2)


def test_the_expert_of_a_hybrid_run_is_left_out(as_envelope: Wrap) -> None:
    fold = AskFold()

    fold.hear(as_envelope(started("hybrid:answers.toml")))
    fold.hear(asked(as_envelope, "a", "main"))
    fold.hear(asked(as_envelope, "b", "added"))
    fold.hear(answered(as_envelope, "a", ProposeFailed(message="it is not there")))

    (row,) = fold.rows()
    assert (row.asked, row.failed) == (1, 0)


def test_a_run_of_the_expert_asks_no_model(as_envelope: Wrap) -> None:
    fold = AskFold()

    fold.hear(as_envelope(started("expert")))
    fold.hear(asked(as_envelope, "a", "main"))

    assert fold.rows() == ()
