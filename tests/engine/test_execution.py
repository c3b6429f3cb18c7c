"""Whatever never began leaves no folder behind."""

from pathlib import Path

import pytest

from engine.errors import EngineError, IsolationRefused
from engine.execution import execute
from executors.jail.layers import Layer
from reports.progress import SilentProgress
from schemas.envelope import Envelope
from schemas.sayings import RunFinished
from schemas.settings import RunSettings, TableSettings


def settings(**changes: object) -> RunSettings:
    tables = TableSettings(table="nowhere.csv", target="y")
    plain = RunSettings(tables=tables, trials=9, workers=1)
    return plain.model_copy(update=changes)


def test_a_proposer_that_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="oracle"):
        execute(settings(proposer="oracle"), tmp_path / "run", SilentProgress(), float)
    assert not (tmp_path / "run").exists()


def test_a_table_that_cannot_be_used(tmp_path: Path) -> None:
    end, result = execute(settings(), tmp_path / "run", SilentProgress(), float)

    assert isinstance(end, RunFinished)
    assert end.status == result.status == "bad_input"
    assert not (tmp_path / "run").exists()


class BrokenProgress(SilentProgress):
    """Raises at the first thing that it is shown."""

    def __init__(self) -> None:
        self.shown: list[Envelope] = []

    def show(self, envelope: Envelope) -> None:
        self.shown.append(envelope)
        raise ZeroDivisionError("share of nothing")


def test_an_observer_that_raises_is_left_alone_and_the_run_goes_on(
    tmp_path: Path,
) -> None:
    broken = BrokenProgress()

    end, _ = execute(settings(), tmp_path / "run", broken, float)

    assert len(broken.shown) == 1
    assert end == execute(settings(), tmp_path / "run", SilentProgress(), float).end


def test_a_machine_that_lacks_a_layer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def found(*_: object) -> tuple[tuple[str, str], ...]:
        return tuple((layer, "no") for layer in Layer)

    monkeypatch.setattr("executors.probe.probe_layers", found)

    with pytest.raises(
        IsolationRefused, match=r"auto: this machine lacks .*seccomp \(no\)"
    ):
        execute(
            settings(tables=TableSettings(table="concrete_strength", target="csMPa")),
            tmp_path / "run",
            SilentProgress(),
            float,
        )
    assert not (tmp_path / "run").exists()
