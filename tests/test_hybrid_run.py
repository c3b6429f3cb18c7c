"""A model beside the expert, in whole runs: whatever it does, the expert does the same."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from agents.lanes import lane_of
from bus.journal import read_journal
from schemas.candidate import Candidate
from schemas.commands import Propose
from schemas.envelope import Envelope
from schemas.inputs import Proposed, ProposeFailed
from schemas.sayings import CandidateDrafted, LoopClosed, LoopOpened, TrialScored
from tests.answering_server import AnsweringServer

ROOT = Path(__file__).parents[1]
TRIALS = "12"
MOST_CALLS = "6"
PATIENCE_SECONDS = 900

pytestmark = pytest.mark.deep


@dataclass(frozen=True)
class Run:
    """A finished run."""

    path: Path
    events: list[Envelope]

    @property
    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.path / "result.json").read_text())
        return found

    def drafted(self) -> list[Candidate]:
        """What the expert's lane tried."""
        bodies = [e.body for e in self.events]
        drafted = [b.candidate for b in bodies if isinstance(b, CandidateDrafted)]
        return [c for c in drafted if lane_of(c.loop) == "main"]

    def scored(self) -> list[tuple[str, str, tuple[float, ...]]]:
        """How that did."""
        bodies = [e.body for e in self.events if lane_of(e.loop) == "main"]
        scored = [b for b in bodies if isinstance(b, TrialScored)]
        return [(b.candidate, b.rung, b.fold_scores) for b in scored]

    def answers(self) -> list[Envelope]:
        """Answers to asks of the added lane."""
        asks = {
            e.key
            for e in self.events
            if isinstance(e.body, Propose) and e.body.lane == "added"
        }
        heard = [e for e in self.events if e.io == "in" and e.key in asks]
        return [e for e in heard if isinstance(e.body, Proposed | ProposeFailed)]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    random = np.random.default_rng(8)
    a, b = random.normal(size=(2, 160))
    noise = random.normal(scale=0.4, size=160)
    frame = pd.DataFrame({"a": a, "b": b, "shop": random.choice(["x", "y"], 160)})
    frame["won"] = np.where(a - b + noise > 0, "yes", "no")
    path = tmp_path_factory.mktemp("table") / "small.csv"
    frame.to_csv(path, index=False)
    return path


def fit(table: Path, path: Path, base_url: str, *words: str) -> Run:
    environment = os.environ | {"OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": ""}
    start = [sys.executable, str(ROOT / "run.py"), "fit", str(table), "--target", "won"]
    done = subprocess.run(
        [*start, "--run-dir", str(path), "--workers", "2", "--trials", TRIALS, *words],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
        env=environment,
        cwd=path.parent,
    )
    assert done.returncode == 0, done.stderr
    return Run(path, list(read_journal(path / "events.jsonl")))


@pytest.fixture(scope="module")
def alone(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The expert without any model."""
    return fit(table, tmp_path_factory.mktemp("alone") / "run", "")


@pytest.fixture
def server() -> Iterator[AnsweringServer]:
    made = AnsweringServer()
    yield made
    made.close()


def check_beside(run: Run, alone: Run) -> None:
    """What holds whatever the model did."""
    assert run.drafted() == alone.drafted()
    assert run.scored() == alone.scored()
    opened = {e.loop for e in run.events if isinstance(e.body, LoopOpened)}
    assert opened == {e.loop for e in run.events if isinstance(e.body, LoopClosed)}
    llm, answers = run.result["llm"], run.answers()
    for name in ("calls", "tokens"):
        assert llm[name] == sum(getattr(e.cost, name) for e in answers if e.cost)
    replayed = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "replay", str(run.path)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
        env=os.environ | {"OPENAI_BASE_URL": "", "OPENAI_API_KEY": ""},
    )
    assert replayed.returncode == 0, replayed.stderr


def test_the_experts_candidates_are_the_same_and_replay_needs_no_server(
    table: Path, alone: Run, server: AnsweringServer, tmp_path: Path
) -> None:
    run = fit(table, tmp_path / "run", server.base_url, "--proposer", "hybrid")

    check_beside(run, alone)
    llm = run.result["llm"]
    assert llm["calls"] == len(server.prompts) > 0
    assert llm["tokens"] == 100 * llm["calls"]
    assert llm["candidates"] >= 1


def test_a_server_that_goes_away_costs_nothing_but_its_own_asks(
    table: Path, alone: Run, tmp_path: Path
) -> None:
    def once(prompt: str) -> str:
        leaving.is_down.set()
        return "```python\nclass Features:\n    pass\n```"

    leaving = AnsweringServer(once)
    try:
        run = fit(table, tmp_path / "run", leaving.base_url, "--proposer", "hybrid")
    finally:
        leaving.close()

    check_beside(run, alone)
    assert any(isinstance(e.body, ProposeFailed) for e in run.answers())
    assert run.result["status"] == "done"
