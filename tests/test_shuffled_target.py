"""A target that was shuffled cannot be learned: the test score is that of chance."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, roc_auc_score
from typer.testing import CliRunner

from run import app

if TYPE_CHECKING:
    from tests.conftest import Progress

pytestmark = pytest.mark.long

RUNS = 10
ROWS = 240
TEST_ROWS = 400
MOST_STANDARD_ERRORS = 3.0
TASKS = ("binary", "multiclass", "regression", "clustering")
SHUFFLES = 200

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Gap:
    """How far a score is from that of chance.

    Attributes:
        score: On rows that were never seen.
        chance: What knows nothing but the target's distribution scores on them.
        standard_error: Of the difference, if nothing was learned.
    """

    score: float
    chance: float
    standard_error: float

    @property
    def standard_errors(self) -> float:
        """The gap in standard errors."""
        return abs(self.score - self.chance) / self.standard_error


def make_table(task: str, random: np.random.Generator) -> pd.DataFrame:
    """Columns of several kinds with a target that they would tell, then shuffled."""
    rows = ROWS + TEST_ROWS
    table = pd.DataFrame(random.normal(size=(rows, 4)), columns=["a", "b", "c", "d"])
    table["shop"] = random.choice([f"shop {n}" for n in range(6)], rows)
    table["buyer"] = random.choice([f"buyer {n}" for n in range(60)], rows)
    signal = table["a"] - 2 * table["b"] + (table["shop"] == "shop 1")
    table.loc[random.random(rows) < 0.1, "c"] = np.nan
    shuffled = signal.to_numpy()[random.permutation(rows)]
    parts = {"binary": 2, "multiclass": 3, "clustering": 3}.get(task)
    if parts is None:
        return table.assign(y=shuffled)
    labels = np.array(["low", "middle", "high"])[:parts]
    return table.assign(y=labels[np.argsort(np.argsort(shuffled)) * parts // rows])


def fit(frame: pd.DataFrame, task: str, seed: int, folder: Path) -> Path:
    """Fit the first rows; the others are sealed until the end."""
    run = folder / "run"
    frame[:ROWS].to_csv(folder / "table.csv", index=False)
    frame[ROWS:].to_csv(folder / "test.csv", index=False)
    words = ["--target", "y", "--test", str(folder / "test.csv")]
    if task == "clustering":
        words = ["--task", task, "--label", "y"]
    line = ["fit", str(folder / "table.csv"), *words, "--trials", "6"]

    done = CliRunner().invoke(app, [*line, "--seed", str(seed), "--run-dir", str(run)])

    assert done.exit_code == 0, done.stderr[-2000:]
    return run


def gap_of(run: Path, frame: pd.DataFrame, task: str) -> Gap:
    """Measure the ensemble on the sealed rows."""
    result = json.loads((run / "result.json").read_text())
    if task == "clustering":
        found = pd.read_csv(run / "assignments.csv")["prediction"].to_numpy()
        return gap_of_clusters(found, frame["y"][:ROWS].to_numpy())
    said = pd.read_csv(run / "test_predictions.csv")
    truth, known = frame["y"][ROWS:].to_numpy(), frame["y"][:ROWS]
    if task == "binary":
        gap = gap_of_auc(truth == "low", said["proba_low"].to_numpy())
        assert gap.score == pytest.approx(1 - result["test"]["roc_auc"]) or (
            gap.score == pytest.approx(result["test"]["roc_auc"])
        )
        return gap
    if task == "regression":
        own = (said["prediction"].to_numpy() - truth) ** 2
        return paired(own, (known.mean() - truth) ** 2)
    shares = known.value_counts(normalize=True)
    told = np.array([said[f"proba_{label}"][n] for n, label in enumerate(truth)])
    return paired(-np.log(told), -np.log(shares[truth].to_numpy()))


def paired(own: Floats, chance: Floats) -> Gap:
    """Compare two losses row by row."""
    error = float((own - chance).std(ddof=1) / np.sqrt(len(own)))
    return Gap(float(own.mean()), float(chance.mean()), max(error, 1e-9))


def gap_of_auc(is_positive: NDArray[np.bool_], told: Floats) -> Gap:
    """Under chance the area is one half, with the error of Mann and Whitney's U."""
    positive = int(is_positive.sum())
    negative = len(told) - positive
    error = np.sqrt((len(told) + 1) / (12 * positive * negative))
    return Gap(float(roc_auc_score(is_positive, told)), 0.5, float(error))


def gap_of_clusters(found: NDArray[np.generic], truth: NDArray[np.generic]) -> Gap:
    """Compare with labels, whose chance is seen by shuffling them again."""
    random = np.random.default_rng(0)
    by_chance = [
        adjusted_rand_score(random.permutation(truth), found) for _ in range(SHUFFLES)
    ]
    own = float(adjusted_rand_score(truth, found))
    return Gap(own, float(np.mean(by_chance)), max(float(np.std(by_chance)), 1e-3))


@pytest.mark.parametrize("seed", range(RUNS))
@pytest.mark.parametrize("task", TASKS)
def test_a_shuffled_target_gives_the_score_of_chance(
    task: str, seed: int, progress: "Progress", tmp_path: Path
) -> None:
    study = f"shuffled target, {task}"
    if (study, str(seed)) in progress.known:
        pytest.skip("known from before")
    frame = make_table(task, np.random.default_rng([seed, 7]))

    gap = gap_of(fit(frame, task, seed, tmp_path), frame, task)

    is_chance = gap.standard_errors <= MOST_STANDARD_ERRORS
    progress.keep(study, str(seed), is_good=is_chance, **vars(gap))
    assert is_chance, gap
