"""Measures what each operator of the added lane brings the ensemble for what it takes.

Run from the root: `python -m benchmarks.operators.measure --out FILE TABLE:TARGET ...`.
Each run has a main lane of the expert alone and an added lane whose model is simulated;
no operator is left out while it runs. Afterwards the ensemble is built anew without the
candidates of one operator (and what was made from them), and scored on rows that its
weights were not fitted on. Rows that stand in FILE are not computed again.
"""

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import numpy as np
from numpy.typing import NDArray

from agents.lanes import lane_of
from benchmarks.operators.simulated import SimulatedModel
from bus.journal import read_journal
from engine.fit import Fit
from engine.proposing import Proposers
from engine.run_choices import RunChoices
from engine.run_folder import RunFolder, create_run_folder
from engine.run_options import make_settings
from engine.stored_predictions import read_predictions
from proposers.expert.proposer import ExpertProposer
from reports.progress import SilentProgress
from schemas.candidate import Candidate
from schemas.commands import PooledFit
from schemas.inputs import TablePrepared
from schemas.sayings import CandidateDrafted, CandidatePooled, TrialScored
from schemas.settings import RunSettings, TableSettings
from schemas.task import Task
from tabular.applying import apply_combination
from tabular.combining import choose_combination
from tabular.development import Development, load_development
from tabular.metrics import metric_named, score

HALVES = 30
TRIALS = 34
TRIALS_A_LIFE = 2
EXPERT = "expert"
PROPOSER = "hybrid:simulated"
"""Answers are taken in the order of issue, as with a script, so that runs repeat."""

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass
class Harvest:
    """What a run came to.

    Attributes:
        pool: Pooled candidates.
        drafted: Every version by its id.
        seconds: Processor seconds of all trials, by operator.
        tried: Loops by operator.
    """

    pool: list[PooledFit] = field(default_factory=list)
    drafted: dict[str, Candidate] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    tried: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def operators(self, name: str) -> set[str]:
        """The operators that a candidate owes its being to, parents' included."""
        found: set[str] = set()
        next_name: str | None = name
        while next_name is not None:
            candidate = self.drafted[next_name]
            found.add(operator_of(self, candidate))
            next_name = candidate.parent
        return found


def operator_of(harvest: Harvest, candidate: Candidate) -> str:
    """`expert` for the main lane; a mended version counts for what it mends."""
    if lane_of(candidate.loop) == "main":
        return EXPERT
    if candidate.operator == "repair" and candidate.parent is not None:
        return operator_of(harvest, harvest.drafted[candidate.parent])
    return candidate.operator


def read_harvest(folder: RunFolder) -> Harvest:
    """Gather it from the journal."""
    found = Harvest()
    for event in read_journal(folder.events):
        match event.body:
            case CandidateDrafted(candidate=candidate):
                found.drafted[candidate.id] = candidate
                found.tried[operator_of(found, candidate)].add(candidate.loop)
            case TrialScored(candidate=name, seconds=seconds):
                found.seconds[operator_of(found, found.drafted[name])] += seconds
            case CandidatePooled(fit=fit):
                found.pool.append(fit)
            case _:
                pass
    return found


def read_task(folder: RunFolder) -> Task:
    """Find what was to be learned."""
    bodies = (event.body for event in read_journal(folder.events))
    return next(body.task for body in bodies if isinstance(body, TablePrepared))


@dataclass(frozen=True)
class Judge:
    """Scores ensembles on halves of the validation rows that their weights did not see."""

    folder: RunFolder
    task: Task
    development: Development

    def losses(self, pool: list[PooledFit]) -> Floats:
        """One loss for each of many halves, shape (2 * HALVES,); greater is worse."""
        said = np.stack([self._said(fit) for fit in pool])
        random = np.random.default_rng(0)
        losses = []
        for _ in range(HALVES):
            order = random.permutation(said.shape[1])
            losses += [self._loss(said, order[0::2], order[1::2])]
            losses += [self._loss(said, order[1::2], order[0::2])]
        return np.array(losses)

    def _loss(self, said: Floats, fitted: Integers, scored: Integers) -> float:
        """Loss on some rows of an ensemble whose weights were chosen on others."""
        metric = metric_named(self.task.metric, self.task.kind)
        combination = choose_combination(
            said[:, fitted],
            self._truth[fitted],
            np.zeros(len(fitted), dtype=np.int64),
            metric,
            self.task.kind,
            len(self.task.classes),
        ).combination
        if combination is None:
            raise ValueError("greedy selection always gives weights")
        combined = apply_combination(combination, said[:, scored])
        value = score(metric, self._truth[scored], combined)
        return -value if metric.greater_is_better else value

    @property
    def _truth(self) -> NDArray[np.generic]:
        target = self.development.target
        if target is None:
            raise ValueError("a supervised task has a target")
        return target[self.development.scored_rows(0)]

    def _said(self, fit: PooledFit) -> Floats:
        return read_predictions(self.folder.blobs, fit.predictions, fit.columns)


async def run(settings: RunSettings, path: Path) -> RunFolder:
    """Carry a run out with a simulated model in its added lane."""
    folder = create_run_folder(path)
    sources = folder.blobs
    drafts = TRIALS // TRIALS_A_LIFE
    proposers = Proposers(ExpertProposer(sources), SimulatedModel(sources, drafts))
    begun = time.monotonic()
    fit = Fit(settings, folder, SilentProgress(), lambda: time.monotonic() - begun)
    await fit.run(proposers)
    return folder


def measure(table: Path, target: str, seed: int) -> dict[str, object]:
    """Run once and take the ensemble apart."""
    tables = TableSettings(
        table=str(table), target=target, test_size=0.0, validation="holdout"
    )
    choices = RunChoices(trials=TRIALS, workers=2, proposer=PROPOSER, seed=seed)
    settings = make_settings(tables, choices)
    with tempfile.TemporaryDirectory() as name:
        folder = anyio.run(run, settings, Path(name) / "run")
        harvest = read_harvest(folder)
        task = read_task(folder)
        judge = Judge(folder, task, load_development(folder.data))
        return {
            "table": table.stem,
            "seed": seed,
            "metric": task.metric,
            "losses": taken_apart(harvest, judge),
            "seconds": {k: round(v, 1) for k, v in sorted(harvest.seconds.items())},
            "tried": {k: len(v) for k, v in sorted(harvest.tried.items())},
            "pooled": pooled_by_operator(harvest),
        }


def taken_apart(harvest: Harvest, judge: Judge) -> dict[str, float]:
    """Mean loss of the whole ensemble, and without what owes its being to an operator."""
    owed = [harvest.operators(fit.candidate.id) for fit in harvest.pool]
    added = sorted(set().union(*owed) - {EXPERT})
    alone = without(harvest, added)
    pools = {f"without {operator}": without(harvest, {operator}) for operator in added}
    pools |= {"all": harvest.pool, "expert": alone}
    pools["expert, first half"] = alone[: max(1, len(alone) // 2)]
    return {name: float(judge.losses(pool).mean()) for name, pool in pools.items()}


def without(harvest: Harvest, operators: Collection[str]) -> list[PooledFit]:
    """The pool without what owes its being to some operators."""
    return [
        fit
        for fit in harvest.pool
        if not harvest.operators(fit.candidate.id) & set(operators)
    ]


def pooled_by_operator(harvest: Harvest) -> dict[str, int]:
    """How many candidates of each operator went all the way."""
    counts: dict[str, int] = defaultdict(int)
    for fit in harvest.pool:
        counts[operator_of(harvest, fit.candidate)] += 1
    return dict(sorted(counts.items()))


def main() -> None:
    """Measure every table that is not measured yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("tables", nargs="+", metavar="TABLE:TARGET")
    options = parser.parse_args()
    lines = options.out.read_text().splitlines() if options.out.exists() else []
    known = {(row["table"], row["seed"]) for row in map(json.loads, lines)}
    for said in options.tables:
        table, _, target = said.rpartition(":")
        if (Path(table).stem, options.seed) in known:
            continue
        row = measure(Path(table), target, options.seed)
        with options.out.open("a") as file:
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
