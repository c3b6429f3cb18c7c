"""Where a replay parted from its journal, in words."""

import pytest

from bus.errors import Cause, Divergence
from reports.difference import (
    CAUSES_SHOWN,
    FIELDS_SHOWN,
    LONGEST_VALUE_CHARACTERS,
    causes_text,
    flat_fields,
    render_difference,
)
from schemas.envelope import Envelope
from schemas.sayings import LoopClosed, RunFinished, TrialScored


@pytest.fixture
def scored(a_run: list[Envelope]) -> Envelope:
    return next(line for line in a_run if isinstance(line.body, TrialScored))


def with_body(line: Envelope, **changes: object) -> Envelope:
    body = line.body.model_copy(update=changes)
    return line.model_copy(update={"body": body})


def test_only_fields_that_differ_are_listed_by_their_path(scored: Envelope) -> None:
    now = with_body(scored, score=0.5, fold_scores=(0.5,))

    text = render_difference(Divergence(7, scored, now, ()))

    assert text.splitlines() == [
        "  body.fold_scores[0]: journal 0.74, now 0.5",
        "  body.score: journal 0.74, now 0.5",
    ]


def test_what_the_clock_and_the_chain_say_is_no_difference(scored: Envelope) -> None:
    now = scored.model_copy(update={"t": 0, "chain": "other"})

    assert flat_fields(scored) == flat_fields(now)
    assert render_difference(Divergence(7, scored, now, ())) == ""


def test_fields_that_only_one_of_both_has_are_shown_as_missing(
    scored: Envelope,
) -> None:
    was = scored.model_copy(update={"body": LoopClosed(reason="full")})
    now = scored.model_copy(update={"body": RunFinished(status="done")})

    lines = render_difference(Divergence(7, was, now, ())).splitlines()

    assert lines == [
        '  body.kind: journal "loop_closed", now "run_finished"',
        '  body.reason: journal "full", now -',
        '  body.status: journal -, now "done"',
        '  body.message: journal -, now ""',
    ]


@pytest.mark.parametrize("is_in_journal", [True, False])
def test_a_message_that_only_one_of_both_holds_is_named(
    scored: Envelope, is_in_journal: bool
) -> None:
    journal = scored if is_in_journal else None
    code = None if is_in_journal else scored

    text = render_difference(Divergence(7, journal, code, ()))

    if is_in_journal:
        assert text == (
            "  the code says nothing there\n  the journal has trial_scored of test"
        )
    else:
        assert text == (
            "  the journal holds nothing there\n  the code has trial_scored of test"
        )


def test_many_fields_and_long_values_are_cut_and_counted(scored: Envelope) -> None:
    folds = tuple(n / 100 for n in range(FIELDS_SHOWN + 5))
    was = with_body(scored, fold_scores=folds)
    now = with_body(scored, fold_scores=tuple(-fold - 1 for fold in folds))
    said = LoopClosed(reason="x" * 999)
    closed = scored.model_copy(update={"body": said})

    lines = render_difference(Divergence(7, was, now, ())).splitlines()

    assert len(lines) == FIELDS_SHOWN + 1
    assert lines[-1] == "  and 5 fields more"
    reason = flat_fields(closed)["body.reason"]
    assert len(reason) == LONGEST_VALUE_CHARACTERS + len("...")


def test_what_led_there_is_told_nearest_first_and_cut() -> None:
    causes = tuple(
        Cause(seq=seq, kind="tick", src="clock", loop="c01" if seq == 9 else None)
        for seq in range(9, -1, -1)
    )

    text = causes_text(causes)

    assert text.startswith("9 tick (clock, c01) <- 8 tick (clock) <- 7")
    assert text.endswith(f"<- {10 - CAUSES_SHOWN} more")
    assert causes_text(causes[:1]) == "9 tick (clock, c01)"


def test_causes_are_told_by_number_where_nobody_looked_them_up(
    scored: Envelope,
) -> None:
    error = Divergence(7, scored, with_body(scored, score=0.5), (5, 2, 0))
    by_number = render_difference(error)
    error.causes = (Cause(seq=5, kind="fit_finished", src="effects", loop="c00"),)

    assert "  because of event 5 <- 2 <- 0" in by_number.splitlines()
    assert "  because of 5 fit_finished (effects, c00)" in render_difference(error)


@pytest.mark.parametrize(
    ("files", "line"),
    [
        (("agents/modeler.py",), "changed since the journal was written: agents/mod"),
        ((), "no file of agents, bus or schemas was changed since"),
    ],
)
def test_code_that_changed_is_named(
    scored: Envelope, files: tuple[str, ...], line: str
) -> None:
    error = Divergence(7, scored, with_body(scored, score=0.5), ())
    assert line not in render_difference(error)

    error.changed_files = files

    assert line in render_difference(error)
