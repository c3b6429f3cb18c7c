"""A model beside the expert, in whole runs: whatever it does, the expert does the same."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from agents.lanes import lane_of
from bus.blobs import BlobStore
from bus.journal import read_journal
from proposers.llm.chat.cassette import read_cassette
from proposers.llm.chat.messages import DEFAULT_LIMIT_TOKENS
from schemas.candidate import Candidate
from schemas.commands import Propose
from schemas.envelope import Envelope
from schemas.inputs import EffectCancelled, Proposed, ProposeFailed
from schemas.proposals import StrategyProposal
from schemas.sayings import (
    CandidateDrafted,
    LoopClosed,
    LoopOpened,
    RepairReady,
    TrialFailed,
    TrialScored,
)
from tests.answering_server import FEATURES, GOOD, PROBA, AnsweringServer
from tests.command_line import run_here
from tests.local_model import MODEL, LocalModel, serve_local_model

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
        ends = Proposed | ProposeFailed | EffectCancelled
        return [e for e in heard if isinstance(e.body, ends)]


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


def run_in(
    folder: Path, base_url: str, *words: str | Path
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end in a folder, for which a model is served somewhere."""
    with contextlib.chdir(folder):
        return run_here(*words, environment=served_by(base_url))


def served_by(base_url: str) -> dict[str, str]:
    return {"OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": ""}


def start_run(words: list[str], base_url: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | served_by(base_url),
        cwd=folder,
    )


def finished(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    out, error = process.communicate(timeout=PATIENCE_SECONDS)
    return subprocess.CompletedProcess(process.args, process.returncode, out, error)


def words_of_fit(table: Path, path: Path, *words: str) -> list[str]:
    said = ["fit", str(table), "--target", "won", "--run-dir", str(path)]
    brief = ["--workers", "2", "--validation", "holdout", "--trials", TRIALS]
    return [*said, *brief, *words]


def start_fit(
    table: Path, path: Path, base_url: str, *words: str
) -> subprocess.Popen[str]:
    return start_run(words_of_fit(table, path, *words), base_url, path.parent)


def fit(table: Path, path: Path, base_url: str, *words: str) -> Run:
    done = run_in(path.parent, base_url, *words_of_fit(table, path, *words))
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


def honest(prompt: str) -> str:
    """Answers that work, whatever is asked first."""
    if "Write two to four programs" in prompt:
        return FEATURES
    return f"```python\n{GOOD.format(number=1, proba=PROBA)}```"


def test_a_call_in_flight_at_a_crash_counts_as_the_most_it_may_take(
    table: Path, tmp_path: Path
) -> None:
    """One call at a time; the first is never answered, and the run dies meanwhile."""
    (tmp_path / "sage-loop.toml").write_text("[llm]\nparallel = 1\n")
    path, words = tmp_path / "run", ("--proposer", "llm", "--llm-calls", "3")
    is_asked, is_over = threading.Event(), threading.Event()

    def silence(prompt: str) -> str:
        is_asked.set()
        is_over.wait()
        return ""

    silent, other = AnsweringServer(silence), AnsweringServer(honest)
    try:
        started = start_fit(table, path, silent.base_url, *words)
        assert is_asked.wait(PATIENCE_SECONDS)
        started.kill()
        started.communicate()
        again = run_in(tmp_path, other.base_url, "resume", path)
    finally:
        is_over.set()
        silent.close()
        other.close()

    assert again.returncode == 0, again.stderr
    run = Run(path, list(read_journal(path / "events.jsonl")))
    assert len(silent.prompts) == 1
    assert len(other.prompts) == 2
    llm = run.result["llm"]
    assert llm["calls"] == 3
    assert llm["tokens"] > 200 + DEFAULT_LIMIT_TOKENS
    check_replay(run)


def check_replay(run: Run) -> None:
    """A replay needs no server and no key."""
    replayed = run_in(run.path.parent, "", "replay", run.path)
    assert replayed.returncode == 0, replayed.stderr


def check_conversations(run: Run, server: AnsweringServer) -> None:
    """Whatever was asked is kept, and the journal names it."""
    blobs = BlobStore(run.path / "blobs")
    kept = [e.body for e in run.events if isinstance(e.body, Proposed | ProposeFailed)]
    texts = [blobs.read_text(b.conversation) for b in kept if b.conversation]
    for prompt in server.prompts:
        last_turn = prompt.splitlines()[-1]
        assert any(last_turn in text for text in texts)


def check_beside(run: Run, alone: Run) -> None:
    """What holds whatever the model did."""
    assert run.drafted() == alone.drafted()
    assert run.scored() == alone.scored()
    opened = {e.loop for e in run.events if isinstance(e.body, LoopOpened)}
    assert opened == {e.loop for e in run.events if isinstance(e.body, LoopClosed)}
    llm, answers = run.result["llm"], run.answers()
    for name in ("calls", "tokens"):
        assert llm[name] == sum(getattr(e.cost, name) for e in answers if e.cost)
    check_replay(run)


def test_the_experts_candidates_are_the_same_and_replay_needs_no_server(
    table: Path, alone: Run, server: AnsweringServer, tmp_path: Path
) -> None:
    run = fit(table, tmp_path / "run", server.base_url, "--proposer", "hybrid")

    check_beside(run, alone)
    llm = run.result["llm"]
    assert llm["calls"] == len(server.prompts) > 0
    assert llm["tokens"] == 100 * llm["calls"]
    assert llm["candidates"] >= 1
    check_conversations(run, server)


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


@pytest.fixture(scope="module")
def local_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalModel]:
    with serve_local_model(tmp_path_factory.mktemp("model")) as served:
        yield served


def use_local_model(folder: Path) -> None:
    """A few calls for each agent, short answers, and a record of all."""
    (folder / "sage-loop.toml").write_text(
        f"[llm]\nmodel = '{MODEL}'\nparallel = 1\nreply_tokens = 60\n"
        "[llm.agents]\nfeature = {calls = 1}\nmodeler = {calls = 3}\n"
        "critic = {calls = 1}\nensembler = {calls = 3}\n"
        "[llm.cassette]\nfile = 'tape.jsonl'\nmode = 'record'\n"
    )


@pytest.mark.long
def test_a_real_model_beside_the_expert_ends_well_whatever_it_says(
    table: Path, alone: Run, local_model: LocalModel, tmp_path: Path
) -> None:
    use_local_model(tmp_path)

    run = fit(table, tmp_path / "run", local_model.base_url, "--proposer", "hybrid")

    check_beside(run, alone)
    proposals = [e.body.proposal for e in run.answers() if isinstance(e.body, Proposed)]
    decided = [p for p in proposals if isinstance(p, StrategyProposal)]
    assert [p.origin for p in decided] == ["llm"]
    entries = read_cassette(tmp_path / "tape.jsonl")
    answered = [json.loads(e.response)["usage"] for e in entries if e.status == 200]
    assert run.result["llm"]["calls"] == len(answered) >= 2
    assert run.result["llm"]["tokens"] == sum(u["total_tokens"] for u in answered)
    failed = {e.loop for e in run.events if isinstance(e.body, TrialFailed)}
    ended = {e.loop for e in run.events if isinstance(e.body, RepairReady | LoopClosed)}
    assert failed <= ended


@pytest.mark.long
def test_a_real_server_that_is_killed_costs_nothing_but_its_own_asks(
    table: Path, alone: Run, tmp_path: Path
) -> None:
    use_local_model(tmp_path)
    words, path = ("--proposer", "hybrid"), tmp_path / "run"
    with serve_local_model(tmp_path) as doomed:
        started = start_fit(table, path, doomed.base_url, *words)
        assert started.stderr is not None
        next(line for line in started.stderr if "pooled" in line)
        doomed.process.kill()
        done = finished(started)

    assert done.returncode == 0, done.stderr
    run = Run(path, list(read_journal(path / "events.jsonl")))
    check_beside(run, alone)
    assert any(isinstance(e.body, ProposeFailed) for e in run.answers())
