"""A run leaves the house."""

import json
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pandas as pd
import pytest

from engine.errors import ExportError
from engine.exporting import Exported, export_run
from engine.run_folder import RunFolder
from engine.trained import Trained

BARE = """
import runpy, sys
sys.path.insert(0, {packages!r})
for name in ("pydantic", "pyarrow", "sage_loop", "schemas"):
    sys.modules[name] = None
sys.argv = {words!r}
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""Runs a script with the installed packages, but without those named and our own."""

SINGLE_PRECISION = 1e-6
"""Networks compute with 32-bit numbers, whose sums depend on how many threads make them."""

LAMBDA = """
import numpy as np
class Candidate:
    def __init__(self, spec):
        self.spec = spec
        self.bent = lambda values: np.tanh(values)
    def fit(self, X, y, weight=None):
        self.middle = float(X["b"].median())
    def predict_proba(self, X):
        chance = 0.5 - 0.4 * self.bent(X["b"].to_numpy() - self.middle)
        return np.column_stack([1 - chance, chance])
"""
"""Holds a function made on the fly, which has no plain state."""


def bare(*words: str | Path) -> subprocess.CompletedProcess[str]:
    code = BARE.format(
        packages=sysconfig.get_paths()["purelib"], words=[str(w) for w in words]
    )
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_folder_that_cannot_be_made_is_told_as_such(
    trained: Trained,
    tmp_path: Path,
    command: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    (tmp_path / "file").touch()

    done = command("export", trained.folder.path, tmp_path / "file" / "out")

    assert done.returncode == 2, done.stderr
    assert "out' cannot be used: Not a directory" in done.stderr
    assert "resume" not in done.stderr


def test_a_run_without_structure_has_nothing_to_take_along(
    tmp_path: Path, command: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    noise = pd.DataFrame(np.random.default_rng(0).uniform(size=(120, 4)))
    noise.to_csv(tmp_path / "noise.csv", index=False)
    brief = ("--task", "clustering", "--trials", "3")
    made = command("fit", tmp_path / "noise.csv", *brief, "--run-dir", tmp_path / "run")
    assert made.returncode == 0, made.stderr

    done = command("export", tmp_path / "run", tmp_path / "out")

    assert done.returncode == 2
    assert "no structure: all rows are in one cluster" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def rows(table: Path) -> pd.DataFrame:
    return pd.read_csv(table)


@pytest.fixture(scope="session")
def out(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported") / "model"
    anyio.run(export_run, trained.folder, folder, 2)
    return folder


class TestTheFolder:
    @pytest.mark.deep
    def test_rows_of_the_table_can_stay_at_home(
        self, trained: Trained, rows: pd.DataFrame, tmp_path: Path
    ) -> None:
        export = partial(export_run, has_self_test=False)
        done = anyio.run(export, trained.folder, tmp_path / "out", 2)
        rows.to_csv(tmp_path / "rows.csv", index=False)
        predict = tmp_path / "out" / "predict.py"

        tested = bare(predict, "--self-test")
        predicted = bare(predict, tmp_path / "rows.csv", "--out", tmp_path / "p.csv")

        assert done.table_rows == 0
        assert not (tmp_path / "out" / "self_test.json").exists()
        assert tested.returncode == 2
        assert "rows of the table were left out" in tested.stderr
        assert predicted.returncode == 0, predicted.stderr
        card = (tmp_path / "out" / "model_card.md").read_text()
        assert "there is no self-test" in card

    def test_it_repeats_the_runs_predictions_without_our_packages(
        self, out: Path
    ) -> None:
        done = bare(out / "predict.py", "--self-test")

        assert done.returncode == 0, done.stderr
        assert "the same predictions" in done.stdout
        assert float(done.stdout.split()[-1]) < SINGLE_PRECISION

    def test_it_predicts_a_file_as_the_run_does(
        self,
        out: Path,
        trained: Trained,
        table: Path,
        tmp_path: Path,
        command: Callable[..., Any],
    ) -> None:
        done = bare(out / "predict.py", table, "--out", tmp_path / "bare.csv")
        ours = command(
            "predict", trained.folder.path, table, "--out", tmp_path / "ours.csv"
        )

        assert done.returncode == ours.returncode == 0, done.stderr
        pd.testing.assert_frame_equal(
            pd.read_csv(tmp_path / "bare.csv"),
            pd.read_csv(tmp_path / "ours.csv"),
            rtol=SINGLE_PRECISION,
        )

    def test_a_missing_column_is_one_clear_line(
        self, out: Path, rows: pd.DataFrame, tmp_path: Path
    ) -> None:
        rows.drop(columns=["b"]).to_csv(tmp_path / "new.csv", index=False)

        done = bare(out / "predict.py", tmp_path / "new.csv", "--out", tmp_path / "o")

        assert done.returncode == 2
        assert done.stderr == "error: The table lacks the columns 'b'.\n"

    def test_unknown_levels_are_told(
        self, out: Path, rows: pd.DataFrame, tmp_path: Path
    ) -> None:
        rows.assign(**{"shop, of course": "moon"}).to_csv(
            tmp_path / "n.csv", index=False
        )

        done = bare(out / "predict.py", tmp_path / "n.csv", "--out", tmp_path / "o.csv")

        assert done.returncode == 0
        assert "'moon'" in done.stderr

    def test_it_holds_no_pickle_and_no_address(self, out: Path) -> None:
        files = [path for path in out.rglob("*") if path.is_file()]

        assert [path for path in files if path.suffix in {".pkl", ".pickle"}] == []
        text = (out / "requirements.txt").read_text()
        assert "numpy==" in text
        assert "://" not in text

    def test_the_card_says_what_it_is_and_where_it_comes_from(
        self, out: Path, trained: Trained
    ) -> None:
        card = (out / "model_card.md").read_text()

        for heading in (
            "Data",
            "Scores",
            "Members",
            "Columns",
            "Limits",
            "Environment",
        ):
            assert f"\n## {heading}\n" in card
        for member in trained.ensemble.members:
            assert f"| {member.candidate} |" in card
        assert "test roc_auc, whole ensemble of the run" in card
        assert "| shop, of course | category |" in card

    def test_predictions_that_differ_are_found(self, out: Path, tmp_path: Path) -> None:
        copied = tmp_path / "copy"
        subprocess.run(["cp", "-r", out, copied], check=True)
        told = json.loads((copied / "self_test.json").read_text())
        told["predictions"]["proba_yes"][3] += 0.01
        (copied / "self_test.json").write_text(json.dumps(told))

        done = bare(copied / "predict.py", "--self-test")

        assert done.returncode == 1
        assert "OTHER PREDICTIONS" in done.stdout

    async def test_a_folder_in_use_is_refused(
        self, out: Path, trained: Trained
    ) -> None:
        with pytest.raises(ExportError, match="in use"):
            await export_run(trained.folder, out, 2)


@pytest.fixture(scope="module")
def scripted(
    fitted: Callable[..., Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> RunFolder:
    folder = tmp_path_factory.mktemp("script")
    plain = LAMBDA.replace("lambda values: np.tanh(values)", "np.tanh")
    plain = plain.replace('X["b"]', 'X["a"].fillna(0)')
    sources = (LAMBDA, plain.replace("- 0.4", "+ 0.4"))
    (folder / "s.toml").write_text(
        "".join(f"[[draft]]\nsource = '''{source}'''\n" for source in sources)
    )
    words = ("--drop", "grade", "--drop", "amount", "--target", "outcome")
    more = ("--trials", "12", "--ensemble", "voting", "--feature-rounds", "0")
    made = fitted(*words, *more, "--proposer", f"scripted:{folder / 's.toml'}")
    found: RunFolder = made.folder
    return found


@pytest.mark.deep
class TestMembersWithoutPlainState:
    async def export(self, run: RunFolder, out: Path, *, trust_code: bool) -> Exported:
        return await export_run(run, out, 2, trust_code=trust_code)

    async def test_they_are_left_out_and_the_cost_is_told(
        self, scripted: RunFolder, tmp_path: Path
    ) -> None:
        done = await self.export(scripted, tmp_path / "out", trust_code=False)

        assert len(done.members) == len(done.left_out) == 1
        assert "is code" in done.left_out[0].reason
        assert done.cost != 0
        assert bare(tmp_path / "out" / "predict.py", "--self-test").returncode == 0
        card = (tmp_path / "out" / "model_card.md").read_text()
        assert "cost of leaving members out" in card

    async def test_who_trusts_their_code_gets_pickles_that_ask_again(
        self, scripted: RunFolder, tmp_path: Path
    ) -> None:
        done = await self.export(scripted, tmp_path / "out", trust_code=True)
        script = tmp_path / "out" / "predict.py"

        asked = bare(script, "--self-test")
        trusted = bare(script, "--self-test", "--trust-code")

        assert len(done.members) == 2
        assert len(done.pickled) == 1
        assert asked.returncode == 2
        assert "runs code" in asked.stderr
        assert trusted.returncode == 0, trusted.stderr


@pytest.mark.deep
@pytest.mark.parametrize(
    "words",
    [
        (
            *("--target", "grade", "--drop", "outcome", "--drop", "amount"),
            *("--trials", "6"),
        ),
        (
            *("--target", "amount", "--drop", "outcome", "--drop", "grade"),
            *("--trials", "6"),
        ),
        (
            *("--task", "clustering", "--clusters", "3"),
            *("--label", "grade", "--drop", "outcome", "--trials", "12"),
        ),
    ],
    ids=["multiclass", "regression", "clustering"],
)
def test_every_task_leaves_the_house(
    words: tuple[str, ...], fitted: Callable[..., Any], tmp_path: Path
) -> None:
    run = fitted(*words)

    done = anyio.run(export_run, run.folder, tmp_path / "out", 2)

    assert done.left_out == ()
    tested = bare(tmp_path / "out" / "predict.py", "--self-test")
    assert tested.returncode == 0, tested.stdout + tested.stderr


@pytest.mark.deep
def test_a_fresh_environment_repeats_the_predictions(out: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "fresh", with_pip=False)
    python = str(tmp_path / "fresh" / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--python", python]
    install = ["install", "--quiet", "--no-compile"]
    wanted = ["-r", str(out / "requirements.txt")]
    subprocess.run([*pip, *install, *wanted], check=True, cwd=tmp_path)

    done = subprocess.run(
        [python, str(out / "predict.py"), "--self-test"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "the same predictions" in done.stdout
    assert np.float64(done.stdout.rsplit(" ", 1)[1]) < SINGLE_PRECISION
