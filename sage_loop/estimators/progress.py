"""A progress bar where somebody looks: in a notebook or on a terminal."""

import html
import sys
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from sage_loop.estimators.engine import Json


class ProgressBar(Protocol):
    """Shows how far a fit has come."""

    def show(self, news: Json) -> None:
        """Take in what the engine says."""

    def close(self) -> None:
        """Take the bar away."""


class NoBar:
    """Shows nothing."""

    def show(self, news: Json) -> None:
        """Take no notice."""

    def close(self) -> None:
        """Do nothing: nothing was shown."""


class TerminalBar:
    """One line on a terminal."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task: TaskID = self._progress.add_task("starting", total=1.0)
        self._progress.start()

    def show(self, news: Json) -> None:
        """Move the bar."""
        self._progress.update(
            self._task, completed=_share(news), description=caption(news)
        )

    def close(self) -> None:
        """Take the line away."""
        self._progress.stop()


class NotebookBar:
    """A bar in the output of a notebook's cell, updated in place."""

    def __init__(self) -> None:
        # Only there where this is called: the core does not depend on notebooks.
        from IPython.display import HTML, display  # noqa: PLC0415

        self._html = HTML
        self._handle = display(HTML(bar_html({})), display_id=True)

    def show(self, news: Json) -> None:
        """Draw the bar again."""
        self._handle.update(self._html(bar_html(news)))

    def close(self) -> None:
        """Leave nothing but an empty output."""
        self._handle.update(self._html(""))


def choose_bar(*, wanted: bool | None) -> ProgressBar:
    """The bar that suits this process.

    Args:
        wanted: False for none; None and True for one where it can be drawn.
    """
    if wanted is False:
        return NoBar()
    if is_notebook():
        return NotebookBar()
    if sys.stderr.isatty():
        return TerminalBar()
    return NoBar()


def is_notebook() -> bool:
    """Whether this runs in the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and "IPKernelApp" in shell.config


def caption(news: Json) -> str:
    """What is going on, in one line."""
    parts = [str(news.get("phase", "starting"))]
    if news.get("trials"):
        parts.append(f"{news['trials']} trials, {news['pooled']} pooled")
    score = news.get("score")
    if isinstance(score, float):
        parts.append(f"{news['metric']} {score:.4g}")
    return " · ".join(parts)


def bar_html(news: Json) -> str:
    """A bar with its caption, and the latest line of the run below it."""
    line = html.escape(str(news.get("line", "")))
    return (
        f'<progress value="{_share(news):.3f}" max="1" style="width:20em"></progress> '
        f"<span>{html.escape(caption(news))}</span>"
        f'<div style="color:gray;font-size:90%">{line}</div>'
    )


def _share(news: Json) -> float:
    share = news.get("share")
    return float(share) if isinstance(share, int | float) else 0.0
