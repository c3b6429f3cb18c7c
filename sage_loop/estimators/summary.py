"""What a notebook shows of a fitted estimator: scores and the best of the leaderboard."""

import html

import pandas as pd

from sage_loop.estimators.engine import Json

SHOWN_CANDIDATES = 5
_COLUMNS = ("candidate", "family", "view", "score", "standard_error", "weight", "state")


def summary_html(report: Json, leaderboard: pd.DataFrame) -> str:
    """A short table of scores and one of candidates.

    Args:
        report: The run's `result.json`.
        leaderboard: The run's leaderboard, best first.
    """
    rows = "".join(
        f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
        f"<td style='text-align:left'>{html.escape(text)}</td></tr>"
        for name, text in _facts(report)
    )
    shown = [name for name in _COLUMNS if name in leaderboard.columns]
    board = leaderboard[shown].head(SHOWN_CANDIDATES)
    return f"<table>{rows}</table>{board.to_html(index=False, na_rep='', escape=True)}"


def _facts(report: Json) -> list[tuple[str, str]]:
    metric = str(report["metric"])
    facts = [("status", str(report["status"]))]
    development = report["development"]
    if isinstance(development, dict) and development["score"] is not None:
        error = development["standard_error"] or 0.0
        facts.append(
            (f"development {metric}", f"{development['score']:.4g} ± {error:.2g}")
        )
    test = report["test"]
    if isinstance(test, dict) and metric in test:
        facts.append((f"sealed test {metric}", f"{test[metric]:.4g}"))
    facts.append(("combined by", str(report["strategy"])))
    seconds = report["seconds"]
    if isinstance(seconds, int | float):
        facts.append(("took", f"{seconds:.0f} s"))
    return facts
