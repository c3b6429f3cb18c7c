"""Where two runs part, and what is not compared."""

from collections.abc import Callable, Sequence

import pytest
from rich.console import Console

from reports.parting import UNCOMPARED_FIELDS, Parting, derive_parting
from reports.parting_view import render_parting
from schemas.envelope import Cost, Envelope
from schemas.inputs import FitFinished, RunStarted, SessionStarted, Tick
from schemas.sayings import LoopClosed, TrialScored

Change = Callable[[Envelope], Envelope]


def changed(run: Sequence[Envelope], seq: int, change: Change) -> list[Envelope]:
    return [change(line) if line.seq == seq else line for line in run]


def place(run: Sequence[Envelope], kind: type) -> int:
    return next(line.seq for line in run if isinstance(line.body, kind))


def with_parents(run: Sequence[Envelope]) -> list[Envelope]:
    """Each message is said because of the one before it."""
    return [
        line.model_copy(update={"parent": line.seq - 1 if line.seq else None})
        for line in run
    ]


def test_a_run_has_every_message_in_common_with_itself(a_run: list[Envelope]) -> None:
    parting = derive_parting(a_run, a_run)

    assert parting.is_same
    # The journal opens with the start of the run and of its workers, and ticks once.
    assert parting.same == len(a_run) - 3
    assert (parting.settings, parting.fields) == ((), ())


def worked_elsewhere(line: Envelope) -> Envelope:
    """The same message of another run on another machine."""
    update: dict[str, object] = {
        "run": "r2",
        "session": 4,
        "seq": line.seq + 7,
        "t": line.t + 99,
        "chain": "other",
        "parent": line.seq,
        "key": f"other {line.key}",
        "duration": 12.5,
        "cost": Cost(cpu_seconds=99.0),
        "src": "record",
    }
    if isinstance(line.body, FitFinished):
        usage = line.body.report.usage.model_copy(
            update={"seconds": 9.0, "cpu_seconds": 8.0, "peak_bytes": 7}
        )
        report = line.body.report.model_copy(update={"usage": usage})
        update["body"] = line.body.model_copy(update={"report": report})
    return line.model_copy(update=update)


def test_places_keys_times_and_measurements_are_not_compared(
    a_run: list[Envelope],
) -> None:
    assert derive_parting(a_run, [worked_elsewhere(line) for line in a_run]).is_same
    assert {"seq", "key", "cost", "duration"} <= UNCOMPARED_FIELDS


def test_ticks_and_openings_of_sessions_are_not_compared(a_run: list[Envelope]) -> None:
    tick = a_run[place(a_run, Tick)]
    opening = SessionStarted(versions=(), fingerprint="f")
    session = tick.model_copy(update={"body": opening})

    assert derive_parting(a_run, [*a_run[:9], tick, session, *a_run[9:]]).is_same


def test_the_first_message_that_differs_is_found_with_its_fields(
    a_run: list[Envelope],
) -> None:
    run = with_parents(a_run)
    seq = place(run, TrialScored)

    def better(line: Envelope) -> Envelope:
        body = line.body.model_copy(update={"score": 0.99})
        return line.model_copy(update={"body": body})

    parting = derive_parting(run, changed(run, seq, better))

    assert not parting.is_same
    assert parting.one is not None
    assert (parting.one.seq, parting.one.kind, parting.one.loop) == (
        seq,
        "trial_scored",
        "L1",
    )
    assert [cause.seq for cause in parting.one.causes] == list(reversed(range(seq)))
    (field,) = parting.fields
    assert (field.field, field.other) == ("body.score", "0.99")
    assert parting.same == seq - 2


def test_a_run_that_says_nothing_more_parts_where_it_ends(
    a_run: list[Envelope],
) -> None:
    half = a_run[: len(a_run) // 2]

    parting = derive_parting(half, a_run)

    assert parting.one is None
    assert parting.other is not None
    assert parting.other.seq == len(half)
    assert parting.fields == ()
    assert derive_parting(a_run, half).other is None


def test_settings_that_differ_are_listed_by_name(a_run: list[Envelope]) -> None:
    def asked_otherwise(line: Envelope) -> Envelope:
        assert isinstance(line.body, RunStarted)
        settings = line.body.settings
        tables = settings.tables.model_copy(update={"target": "left"})
        update = {"seed": 9, "tables": tables}
        body = line.body.model_copy(
            update={"settings": settings.model_copy(update=update)}
        )
        return line.model_copy(update={"body": body})

    parting = derive_parting(a_run, changed(a_run, 0, asked_otherwise))

    assert parting.is_same
    assert {pair.field: (pair.one, pair.other) for pair in parting.settings} == {
        "seed": ("0", "9"),
        "tables.target": ("'churn'", "'left'"),
    }


def shown(parting: Parting) -> str:
    console = Console(width=200)
    with console.capture() as captured:
        console.print(render_parting(parting, ("one", "other")))
    return captured.get()


@pytest.mark.parametrize("is_same", [True, False])
def test_a_parting_is_told_in_words(a_run: list[Envelope], is_same: bool) -> None:
    run = with_parents(a_run)
    seq = place(run, LoopClosed)

    def otherwise(line: Envelope) -> Envelope:
        return line.model_copy(update={"body": LoopClosed(reason="\x1b[31mfull")})

    text = shown(derive_parting(run, run if is_same else changed(run, seq, otherwise)))

    if is_same:
        assert text == f"All {len(run) - 3} messages are the same.\n"
        return
    assert f"The first {seq - 2} messages are the same." in text
    before = f"because of {seq - 1} verdict (test, L3) <- {seq - 2} "
    assert f"one goes on with event {seq}: loop_closed (test, L3), {before}" in text
    assert "body.reason" in text
    assert "\x1b[31m" not in text
