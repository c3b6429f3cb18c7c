"""Sums up what the long statistics came to, as a table in Markdown.

Run from the root, as often as it takes: outcomes that the file holds are not measured again.

    SAGE_LOOP_PROGRESS=progress.jsonl SAGE_LOOP_TABLES=200 python -m pytest -m long \
        tests/test_any_table.py tests/test_shuffled_target.py \
        tests/engine/test_feature_statistics.py
    python benchmarks/outcomes.py progress.jsonl
"""

import argparse
import json
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Console

Outcome = dict[str, Any]
STANDARDS = {
    "any table": "all are fitted with `--trials 6` and predict fresh rows",
    "killed run": "no acknowledged event is lost, nothing finished is done again",
    "noise columns": "no view in at least 9 of 10",
    "planted ratio": "accepted in at least 9 of 10",
    "shuffled target": "within 3 standard errors of chance in all",
}


def read_outcomes(path: Path) -> list[Outcome]:
    """Outcomes in the order of their studies and cases."""
    outcomes = [json.loads(line) for line in path.read_text().splitlines()]
    return sorted(outcomes, key=lambda outcome: (outcome["study"], outcome["case"]))


def row_of(study: str, outcomes: Sequence[Outcome]) -> str:
    """One line of the table."""
    good = sum(outcome["is_good"] for outcome in outcomes)
    gaps = [
        abs(o["score"] - o["chance"]) / o["standard_error"]
        for o in outcomes
        if "score" in o
    ]
    largest = f"largest gap {max(gaps):.1f} standard errors" if gaps else ""
    standard = STANDARDS[study.partition(",")[0]]
    return f"| {study} | {standard} | {good} of {len(outcomes)} | {largest} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("progress", type=Path, help="file of SAGE_LOOP_PROGRESS")
    outcomes = read_outcomes(parser.parse_args().progress)
    lines = ["| study | standard | came out well | |", "|---|---|---|---|"]
    for study, found in groupby(outcomes, key=lambda outcome: outcome["study"]):
        lines.append(row_of(study, list(found)))
    Console(soft_wrap=True, highlight=False, markup=False).print("\n".join(lines))


if __name__ == "__main__":
    main()
