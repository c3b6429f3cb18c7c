"""Ranks systems by what they scored on the same splits, and writes the table.

Run from the root: `python benchmarks/accuracy/compare.py RESULTS.jsonl ... --out TABLE.md`. A
line of RESULTS is one run: dataset, task, system, seed, budget, cpus, primary, score, status,
wall_s, peak_pss_mb (or None), load1_before. Later lines replace earlier ones of the same run.
"""

import argparse
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

LOWER_IS_BETTER = frozenset({"log_loss", "rmse"})
FLOOR = "dummy"
DRAWS = 2_000
INTERVAL = (0.05, 0.95)
RUN = ["dataset", "seed", "system"]


class Standings(NamedTuple):
    """One row per task, table and seed, one column per system."""

    ranks: pd.DataFrame
    shares: pd.DataFrame


def read_results(paths: list[Path], seeds: list[int], budget: int) -> pd.DataFrame:
    """One row per run; `gain` is the score turned so that more is better."""
    lines = [json.loads(line) for path in paths for line in path.open()]
    runs = pd.DataFrame(lines)
    runs = runs[(runs["budget"] == budget) & runs["seed"].isin(seeds)]
    runs = runs[runs["task"] != "clustering"].drop_duplicates(RUN, keep="last")
    sign = np.where(runs["primary"].isin(LOWER_IS_BETTER), -1.0, 1.0)
    is_valid = runs["status"] == "ok"
    return runs.assign(gain=np.where(is_valid, sign * runs["score"], -np.inf))


def standings(runs: pd.DataFrame) -> Standings:
    """Rank and normalised score of each run: 0 for the dummy, 1 for the best system.

    Only tables and seeds that every system has tried count. A failed run is ranked last and
    scores like the dummy.
    """
    gains = runs.pivot_table(
        index=["task", "dataset", "seed"], columns="system", values="gain", sort=False
    ).dropna()
    floor, best = gains[FLOOR], gains.max(axis=1)
    share = gains.sub(floor, axis=0).div((best - floor).clip(lower=1e-12), axis=0)
    share = share.replace([-np.inf], 0.0).clip(-1, 1)
    ranks = gains.rank(axis=1, ascending=False)
    return Standings(ranks, share)


def intervals(scored: pd.DataFrame) -> pd.DataFrame:
    """Mean of each column with its 90 % bootstrap interval over tables."""
    tables = scored.groupby(level="dataset").mean()
    random = np.random.default_rng(0)
    drawn = random.integers(0, len(tables), (DRAWS, len(tables)))
    means = tables.to_numpy()[drawn].mean(axis=1)
    low, high = np.quantile(means, INTERVAL, axis=0)
    return pd.DataFrame({"mean": tables.mean(), "low": low, "high": high})


def summary_lines(runs: pd.DataFrame, placed: Standings) -> list[str]:
    """The table of systems, best mean rank first."""
    found = [intervals(placed.ranks), intervals(placed.shares)]
    by_task = placed.ranks.groupby(level="task").mean()
    tasks = by_task.index.tolist()
    words = ["system", "mean rank (90 %)", "normalised score (90 %)"]
    words += [f"rank, {task}" for task in tasks] + ["wall s, mean / most", "failed"]
    lines = ["| " + " | ".join(words) + " |", "|---" * len(words) + "|"]
    for system in placed.ranks.mean().sort_values().index:
        own = runs[runs["system"] == system]
        cells = [
            system,
            *(_with_interval(part.loc[system]) for part in found),
            *(f"{by_task.loc[task, system]:.2f}" for task in tasks),
            f"{own['wall_s'].mean():.1f} / {own['wall_s'].max():.1f}",
            str(int((own["status"] != "ok").sum())),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _with_interval(row: "pd.Series[float]") -> str:
    return f"{row['mean']:.2f} ({row['low']:.2f} to {row['high']:.2f})"


def score_lines(runs: pd.DataFrame, systems: list[str]) -> list[str]:
    """The mean score of each system on each table."""
    lines = [
        "| table | metric | " + " | ".join(systems) + " |",
        "|---" * (2 + len(systems)) + "|",
    ]
    for (_, dataset), own in runs.groupby(["task", "dataset"], sort=False):
        means = own.groupby("system")["score"].mean()
        cells = [f"{means.get(system, np.nan):.5g}" for system in systems]
        lines.append(
            f"| {dataset} | {own['primary'].iloc[0]} | " + " | ".join(cells) + " |"
        )
    return lines


def main() -> None:
    """Read results and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--budget", type=int, default=60)
    parser.add_argument("--without", nargs="*", default=[], help="systems to leave out")
    options = parser.parse_args()
    runs = read_results(options.results, options.seeds, options.budget)
    runs = runs[~runs["system"].isin(options.without)]
    placed = standings(runs)
    order = placed.ranks.mean().sort_values().index.tolist()
    tables = placed.ranks.index.get_level_values("dataset").nunique()
    seeds = ", ".join(map(str, options.seeds))
    head = f"{options.budget} s, seeds {seeds}, {tables} tables"
    lines = [f"# Accuracy: {head}", "", *summary_lines(runs, placed), ""]
    lines += ["## Scores", "", *score_lines(runs, order), ""]
    options.out.write_text("\n".join(lines))


if __name__ == "__main__":
    main()
