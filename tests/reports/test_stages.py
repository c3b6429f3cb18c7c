"""What each stage took, by who asked for the work."""

import pytest

from reports.result import derive_result
from reports.stages import Stage, StageAccounts, StageCost
from schemas.asks import DraftAsk, FeatureAsk, RepairAsk
from schemas.base import BlobRef
from schemas.candidate import RAW_VIEW
from schemas.commands import PrepareTable, Propose
from schemas.envelope import Cost, Envelope, Message
from schemas.inputs import EffectFailed, ProposeFailed, Tick
from schemas.jobs import Failure

BLOB = BlobRef(digest="ab" * 32, size=10)
REPAIR = RepairAsk(
    candidate="c00-v1",
    source=BLOB,
    failure=Failure(kind="exception", stage="fit"),
    attempt=1,
)


def line(body: Message, **fields: object) -> Envelope:
    return Envelope.model_validate(
        {"run": "r", "session": 0, "seq": 0, "src": "effects", "t": 0, "body": body}
        | fields
    )


def exchange(accounts: StageAccounts, command: Message, src: str, cost: Cost) -> None:
    accounts.hear(line(command, io="out", src=src, key="k"))
    answer = ProposeFailed(message="no")
    accounts.hear(line(answer, io="in", key="k", duration=1.5, cost=cost))


@pytest.mark.parametrize(
    ("src", "command", "stage"),
    [
        ("feature", Propose(ask=FeatureAsk(round=0)), Stage.FEATURES),
        ("modeler", Propose(ask=DraftAsk(index=0, views=(RAW_VIEW,))), Stage.MODELS),
        ("critic", Propose(ask=REPAIR), Stage.MODELS),
    ],
)
def test_work_belongs_to_the_stage_of_the_agent_that_asked(
    src: str, command: Message, stage: Stage
) -> None:
    accounts = StageAccounts()

    exchange(accounts, command, src, Cost(tokens=7, money=0.5, peak_bytes=3))
    exchange(accounts, command, src, Cost(tokens=1, cpu_seconds=2, peak_bytes=2))

    assert accounts.costs[stage] == StageCost(
        effects=2, seconds=3.0, cpu_seconds=2.0, peak_bytes=3, tokens=8, money=0.5
    )
    others = [cost for name, cost in accounts.costs.items() if name is not stage]
    assert others == [StageCost()] * (len(Stage) - 1)


def test_reading_the_table_belongs_to_no_stage() -> None:
    accounts = StageAccounts()

    exchange(accounts, PrepareTable(), "director", Cost(cpu_seconds=9))

    assert set(accounts.costs.values()) == {StageCost()}


def test_an_effect_that_failed_took_time_all_the_same() -> None:
    accounts = StageAccounts()
    accounts.hear(
        line(Propose(ask=FeatureAsk(round=0)), io="out", src="feature", key="k")
    )
    failed = EffectFailed(exception="OSError", message="disk")
    accounts.hear(line(failed, io="in", key="k", duration=2.0))

    assert accounts.costs[Stage.FEATURES] == StageCost(effects=1, seconds=2.0)
    assert accounts.open == {}


def test_what_nobody_asked_for_counts_nowhere() -> None:
    accounts = StageAccounts()
    accounts.hear(line(Tick(elapsed_seconds=1.0), io="in"))
    accounts.hear(line(ProposeFailed(message="late"), io="in", key="unknown"))

    assert set(accounts.costs.values()) == {StageCost()}


def test_a_result_names_every_stage_and_the_opened_test(a_run: list[Envelope]) -> None:
    stages = derive_result(a_run).stages

    assert list(stages) == ["features", "models", "ensemble", "holdout", "report"]
    assert stages["holdout"].effects == 1
