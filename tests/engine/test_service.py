"""The engine that serves another process."""

import itertools
import json
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pandas as pd
import pytest
from pydantic import TypeAdapter, ValidationError

from bus.journal import read_journal
from engine.errors import EngineError, IsolationRefused
from engine.service import RunFailed, Service, failure_of
from engine.service_messages import Answer, Done, Failed, News
from engine.service_news import ServiceNews
from engine.trained import Trained
from executors import probe
from executors.errors import FenceError, ResidentError, ZygoteStartError
from executors.wire import JobRequest
from executors.zygote_process import ZygoteProcess
from schemas.envelope import Envelope


async def answers_to(requests: list[dict[str, object]], spool: Path) -> list[Answer]:
    """Put requests one after the other, each once the one before is answered."""
    said: list[Answer] = []
    answered = anyio.Event()

    def say(answer: Answer) -> None:
        nonlocal answered
        said.append(answer)
        answered.set()

    async def lines() -> AsyncIterator[str]:
        nonlocal answered
        for request in requests:
            answered = anyio.Event()
            yield json.dumps(request)
            await answered.wait()

    ticks = itertools.count()
    await Service(spool, say, lambda: float(next(ticks))).serve(lines())
    return said


async def test_rows_are_predicted_again_and_again_by_loaded_models(
    trained: Trained, table: Path, tmp_path: Path
) -> None:
    pd.read_csv(table).head(7).to_feather(tmp_path / "rows.arrow")
    ask: dict[str, object] = {
        "do": "predict",
        "run": str(trained.folder.path),
        "table": str(tmp_path / "rows.arrow"),
        "out": str(tmp_path / "out.arrow"),
    }

    said = await answers_to(
        [
            ask | {"id": 1},
            ask | {"id": 2},
            {"do": "close", "id": 3, "run": str(trained.folder.path)},
            ask | {"id": 4, "table": "missing.arrow"},
            {"do": "stop", "id": 5, "fit": 9},
        ],
        tmp_path / "spool",
    )

    first, _, closed, failed, stopped = said
    assert isinstance(first, Done)
    assert first.classes == trained.task.classes
    assert isinstance(failed, Failed)
    assert failed.code == "bad_input"
    assert "missing.arrow" in failed.message
    assert [closed.id, stopped.id] == [3, 5]
    predicted = pd.read_feather(tmp_path / "out.arrow")
    assert predicted.shape == (7, 2)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [(FenceError("seccomp (no)"), "not_isolated"), (ZygoteStartError("no"), "bug")],
)
async def test_where_no_worker_starts_whoever_asks_hears_it_and_the_engine_goes_on(
    trained: Trained,
    table: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    wrong: Exception,
    code: str,
) -> None:
    probe_layers, tried = probe.probe_layers, []

    async def fails_at_first(
        zygote: ZygoteProcess, request: JobRequest
    ) -> tuple[tuple[str, str], ...]:
        tried.append(request)
        if len(tried) == 1:
            raise wrong
        return await probe_layers(zygote, request)

    monkeypatch.setattr(probe, "probe_layers", fails_at_first)
    pd.read_csv(table).head(7).to_feather(tmp_path / "rows.arrow")
    ask: dict[str, object] = {
        "do": "predict",
        "run": str(trained.folder.path),
        "table": str(tmp_path / "rows.arrow"),
        "out": str(tmp_path / "out.arrow"),
    }

    failed, done = await answers_to(
        [ask | {"id": 1}, ask | {"id": 2}], tmp_path / "spool"
    )

    assert isinstance(failed, Failed)
    assert failed.code == code
    assert isinstance(done, Done)


async def test_options_are_checked_before_anything_is_written(tmp_path: Path) -> None:
    ask: dict[str, object] = {
        "do": "fit",
        "tables": {"table": "t.csv", "target": "y"},
        "run_dir": str(tmp_path / "run"),
    }

    said = await answers_to(
        [
            ask | {"id": 1, "options": {"trials": 1}},
            ask | {"id": 2, "options": {"workers": "many"}},
            ask | {"id": 3, "options": {"spell": 1}},
            ask | {"id": 4, "kinds": ["a=colour"]},
        ],
        tmp_path / "spool",
    )

    assert [answer.code for answer in said if isinstance(answer, Failed)] == [
        "bad_input"
    ] * 4
    assert not (tmp_path / "run").exists()


def test_every_failure_is_told_in_one_line_with_its_kind() -> None:
    broken = EngineError("a\nb")
    found = {
        error.__class__.__name__: failure_of(1, error)
        for error in (
            broken,
            IsolationRefused("no"),
            ResidentError("no"),
            OSError("no"),
            RunFailed("KeyError: 'x'"),
            KeyError("x"),
        )
    }

    assert found["EngineError"].message == "a b"
    assert {name: failed.code for name, failed in found.items()} == {
        "EngineError": "bad_input",
        "IsolationRefused": "not_isolated",
        "ResidentError": "bad_input",
        "OSError": "disk",
        "RunFailed": "bug",
        "KeyError": "bug",
    }


def test_a_wrong_option_is_named() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(dict[str, int]).validate_python({"workers": "many"})

    assert failure_of(1, caught.value).message.startswith("workers='many' cannot be")


def test_news_are_told_as_a_run_goes_on(trained: Trained) -> None:
    told: list[News] = []
    news = ServiceNews(3, told.append)
    events: list[Envelope] = list(read_journal(trained.folder.events))

    for event in events:
        news.show(event)
    news.close()

    assert {one.id for one in told} == {3}
    assert [one.share for one in told] == sorted(one.share for one in told)
    assert told[-1].phase == "done"
    assert told[-1].score == pytest.approx(trained.ensemble.score)
    assert len(told) < len(events)
