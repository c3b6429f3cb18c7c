"""The progress bar."""

import pytest

from sage_loop.estimators.progress import (
    NoBar,
    TerminalBar,
    bar_html,
    caption,
    choose_bar,
)

NEWS: dict[str, object] = {
    "phase": "exploring",
    "share": 0.25,
    "trials": 4,
    "pooled": 1,
    "score": 0.91234,
    "metric": "roc_auc",
    "line": "pooled: <b>c00</b>",
}


def test_the_caption_says_what_there_is() -> None:
    assert caption({}) == "starting"
    assert caption(NEWS) == "exploring · 4 trials, 1 pooled · roc_auc 0.9123"
    assert caption(NEWS | {"score": 1.23456e-12}).endswith("roc_auc 1.235e-12")


def test_a_notebook_gets_a_bar_and_no_foreign_markup() -> None:
    shown = bar_html(NEWS)

    assert 'value="0.250"' in shown
    assert "&lt;b&gt;c00" in shown


def test_nothing_is_shown_where_nobody_looks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    bar = choose_bar(wanted=None)
    bar.show(NEWS)
    bar.close()

    assert isinstance(bar, NoBar)
    assert capsys.readouterr().err == ""


def test_a_terminal_gets_a_line_that_goes_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)

    bar = choose_bar(wanted=True)
    bar.show(NEWS)
    bar.close()

    assert isinstance(bar, TerminalBar)
    assert capsys.readouterr().out == ""
