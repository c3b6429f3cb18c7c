"""The scripts in `examples/scripted/motors` pay: each kind of answer, before and after."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bus.journal import read_journal
from schemas.candidate import Candidate
from schemas.envelope import Envelope
from schemas.sayings import CandidateDrafted, EnsembleChosen, TrialFailed, TrialScored
from tests.command_line import run_here

pytestmark = pytest.mark.deep

ROOT = Path(__file__).parents[1]
BRIEF = ("--validation", "holdout")
MOTORS = ROOT / "examples" / "scripted" / "motors"


@dataclass(frozen=True)
class Told:
    """A finished run of one of the scripts."""

    result: dict[str, Any]
    events: list[Envelope]

    def drafted(self) -> dict[str, Candidate]:
        """Every version by its id."""
        bodies = [e.body for e in self.events if isinstance(e.body, CandidateDrafted)]
        return {body.candidate.id: body.candidate for body in bodies}

    def scores(self) -> dict[str, float]:
        """The score of each version that was fitted on all folds."""
        bodies = [e.body for e in self.events if isinstance(e.body, TrialScored)]
        return {body.candidate: body.score for body in bodies if body.rung == "full"}

    def made_by(self, operator: str, origin: str = "scripted") -> Candidate:
        """The first version that came about in a way and went through all folds."""
        scores = self.scores()
        return next(
            candidate
            for candidate in self.drafted().values()
            if (candidate.operator, candidate.origin) == (operator, origin)
            and candidate.id in scores
        )

    def considered(self) -> dict[str, float]:
        """What each way to combine scored on folds that it was not fitted on."""
        bodies = [e.body for e in self.events if isinstance(e.body, EnsembleChosen)]
        return dict(bodies[-1].ensemble.considered)


def told(script: str, proposer: str, trials: int, folder: Path, *more: str) -> Told:
    words = ["fit", str(MOTORS / "motors.csv"), "--target", "watts"]
    words += ["--proposer", f"{proposer}:{MOTORS / script}", "--trials", str(trials)]
    done = run_here(*words, "--run-dir", folder, *more)
    assert done.returncode == 0, done.stderr
    result = json.loads((folder / "result.json").read_text())
    return Told(result, list(read_journal(folder / "events.jsonl")))


def test_a_feature_that_the_expert_lacks_pays(tmp_path: Path) -> None:
    run = told("features.toml", "hybrid", 14, tmp_path / "run")

    scores = run.scores()
    swapped = run.made_by("swap", "swap")
    assert swapped.view.name == "added-features-1"
    assert scores[swapped.id] < 0.9 * scores[swapped.parent or ""]
    llm = run.result["llm"]
    assert llm["with_it"] < 0.9 * llm["without_it"]
    assert run.result["test"]["rmse"] < llm["without_it"]


def test_a_candidate_that_the_expert_lacks_pays(tmp_path: Path) -> None:
    run = told("draft.toml", "hybrid", 14, tmp_path / "run", *BRIEF)

    scores, drafted = run.scores(), run.drafted()
    own = {name for name in scores if drafted[name].origin == "expert"}
    draft = run.made_by("draft")
    assert len(own) >= 3
    assert scores[draft.id] < 0.5 * min(scores[name] for name in own)
    llm = run.result["llm"]
    assert llm["with_it"] < 0.5 * llm["without_it"]
    assert run.result["test"]["rmse"] < 0.6 * llm["without_it"]


def test_a_refinement_and_a_tuning_pay(tmp_path: Path) -> None:
    run = told("improvements.toml", "scripted", 9, tmp_path / "run")

    scores = run.scores()
    for operator, most in (("refine", 0.5), ("tune", 0.9)):
        better = run.made_by(operator)
        assert better.parent is not None
        assert scores[better.id] < most * scores[better.parent]


def test_a_repair_pays_and_so_does_a_way_to_combine_that_was_named(
    tmp_path: Path,
) -> None:
    run = told("strategy.toml", "scripted", 6, tmp_path / "run")

    failed = [e.body for e in run.events if isinstance(e.body, TrialFailed)]
    repaired = run.made_by("repair")
    assert [body.candidate.id for body in failed] == [repaired.parent]
    assert list(run.scores()) == [repaired.id]
    considered = run.considered()
    assert considered["bagging"] < 0.95 * considered["best"]
    assert run.result["development"]["score"] < 0.95 * run.scores()[repaired.id]


def test_a_level_2_learner_pays_that_knows_what_belongs_together(
    tmp_path: Path,
) -> None:
    run = told("stacker.toml", "scripted", 6, tmp_path / "run")

    considered = run.considered()
    others = [score for name, score in considered.items() if name != "written"]
    assert considered["written"] < 0.5 * min(others)
    assert run.result["development"]["score"] < 0.5 * min(run.scores().values())
