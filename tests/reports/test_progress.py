"""Progress is readable in a pipe, lively on a terminal, and never in the way."""

import io
import os
import threading
from pathlib import Path

from rich.console import Console

from reports.progress import (
    PlainProgress,
    SilentProgress,
    TerminalProgress,
    choose_progress,
)
from schemas.envelope import Envelope

GOLDEN_LINES = Path(__file__).parent / "golden" / "plain_progress.txt"


def test_a_pipe_gets_one_line_for_each_thing_worth_a_line(
    a_run: list[Envelope],
) -> None:
    stream = io.StringIO()
    progress = PlainProgress(stream)

    for line in a_run:
        progress.show(line)
    progress.close()

    assert stream.getvalue() == GOLDEN_LINES.read_text(encoding="utf-8")


def test_a_reader_that_goes_away_does_not_stop_the_run(a_run: list[Envelope]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    descriptor = os.fdopen(writing, "wb", buffering=0)
    with io.TextIOWrapper(descriptor, encoding="utf-8", write_through=True) as stream:
        progress = PlainProgress(stream)

        for line in a_run:
            progress.show(line)

        assert progress.is_broken


def test_a_stream_of_few_letters_gets_escapes_instead_of_an_error(
    a_run: list[Envelope],
) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    first = a_run[0].model_copy(update={"run": "größe"})

    PlainProgress(stream).show(first)

    assert b"run gr\\xf6\\xdfe started" in raw.getvalue()


def test_a_terminal_is_given_back_as_it_was(a_run: list[Envelope]) -> None:
    before = set(threading.enumerate())
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100)
    progress = TerminalProgress(console, clock=lambda: 0.0)

    for line in a_run:
        progress.show(line)
    progress.close()
    progress.close()

    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=10)
    assert set(threading.enumerate()) == before
    assert "roc_auc: best 0.8400" in screen.getvalue()
    assert screen.getvalue().count("\x1b[?25h") >= 1


def test_a_terminal_that_showed_nothing_can_be_closed() -> None:
    screen = io.StringIO()

    TerminalProgress(Console(file=screen, force_terminal=True)).close()

    assert screen.getvalue() == ""


def test_the_progress_suits_the_console(a_run: list[Envelope]) -> None:
    terminal = Console(file=io.StringIO(), force_terminal=True)
    pipe = Console(file=io.StringIO())

    assert isinstance(choose_progress(terminal), TerminalProgress)
    assert isinstance(choose_progress(pipe), PlainProgress)
    silent = choose_progress(terminal, is_silent=True)
    assert isinstance(silent, SilentProgress)
    silent.show(a_run[0])
    silent.close()
