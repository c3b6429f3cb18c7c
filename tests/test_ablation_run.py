"""A model's candidate is taken apart in a whole run, and the model is told what matters."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bus.journal import read_journal
from schemas.sayings import CandidateAblated
from tests.answering_server import AnsweringServer
from tests.test_hybrid_run import Run, check_replay, fit, run_in

pytestmark = pytest.mark.deep

FIRST_REFINEMENT = "This is refinement number 1."
PRODUCT = """# family: linear
# title: penalised line on the product, {number}
from toolkit.linear_model import LinearModel


class Candidate:
    def __init__(self, spec):
        self.model = LinearModel(spec, penalties=({number}.5, 10.0))

    def fit(self, X, y, weight=None):
        self.model.fit(self.wider(X), y, weight)

    def wider(self, X):
        X = X.copy()
        X["product"] = X["a"] * X["b"]
        return X

    def predict(self, X):
        return self.model.predict(self.wider(X))

    def predict_proba(self, X):
        return self.model.predict_proba(self.wider(X))
"""


@pytest.fixture(scope="module")
def product_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table whose target follows a product that no line can find."""
    random = np.random.default_rng(8)
    a, b = random.normal(size=(2, 200))
    noise = random.normal(scale=0.2, size=200)
    frame = pd.DataFrame({"a": a, "b": b})
    frame["won"] = np.where(a * b + noise > 0, "yes", "no")
    path = tmp_path_factory.mktemp("table") / "product.csv"
    frame.to_csv(path, index=False)
    return path


def one_idea(prompt: str) -> str:
    """The same draft each time, other settings for a first refinement, and no more."""
    if "Write draft number" in prompt:
        return f"```python\n{PRODUCT.format(number=1)}```"
    if FIRST_REFINEMENT in prompt:
        return f"```python\n{PRODUCT.format(number=2)}```"
    return "I have no idea."


def cut_off(run: Run, path: Path) -> None:
    """Copy a run as if it had died in the middle of its first ablation's line."""
    shutil.copytree(run.path, path)
    (path / "result.json").unlink()
    seq = next(e.seq for e in run.events if isinstance(e.body, CandidateAblated))
    lines = (run.path / "events.jsonl").read_bytes().splitlines(keepends=True)
    kept = b"".join(lines[:seq]) + lines[seq][:40]
    (path / "events.jsonl").write_bytes(kept)


def test_a_refinement_is_told_which_part_of_the_candidate_matters(
    product_table: Path, tmp_path: Path
) -> None:
    server = AnsweringServer(one_idea)
    try:
        words = ("--proposer", "llm", "--trials", "40", "--feature-rounds", "0")
        run = fit(product_table, tmp_path / "run", server.base_url, *words)
        refined = [p for p in server.prompts if FIRST_REFINEMENT in p]
        cut_off(run, tmp_path / "again")
        resumed = run_in(tmp_path, server.base_url, "resume", "again")
    finally:
        server.close()

    ablations = [e.body for e in run.events if isinstance(e.body, CandidateAblated)]
    first, second = ablations[0].ablation.parts
    assert (first.part, first.lines) == ("what is set in X ('product')", (15, 15))
    assert second.part == "the settings of LinearModel (penalties)"
    assert first.loss is not None
    assert first.loss > 0.2
    told = [p for p in refined if "what is set in X" in p]
    assert told
    assert "the first of these" in told[0]
    assert "score_without_it" in told[0]
    check_replay(run)
    assert resumed.returncode == 0, resumed.stderr
    path = tmp_path / "again"
    check_replay(Run(path, list(read_journal(path / "events.jsonl"))))
