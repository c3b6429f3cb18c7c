"""A user without any rights runs, predicts and is told the layers, without a container."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from executors.jail.layers import Layer

ROOT = Path(__file__).parents[1]
AS_USER = ROOT / "tests" / "executors" / "attacks" / "as_user.py"
NOBODY = "65534"

pytestmark = [
    pytest.mark.deep,
    pytest.mark.skipif(
        os.geteuid() != 0, reason="only root can become another user; we are one"
    ),
]


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that everybody may write to; folders of pytest are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        random = np.random.default_rng(0)
        frame = pd.DataFrame(random.normal(size=(90, 3)), columns=["a", "b", "c"])
        frame["y"] = np.where(frame["a"] > 0, "yes", "no")
        frame.to_csv(Path(name) / "table.csv", index=False)
        yield Path(name)


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody who owns nothing."""
    command = [sys.executable, str(AS_USER), NOBODY, sys.executable, "-B"]
    return subprocess.run(
        [*command, str(ROOT / "run.py"), *map(str, words)],
        capture_output=True,
        text=True,
        timeout=400,
        cwd="/",
        env=os.environ | {"HOME": "/nonexistent"},
        check=False,
    )


def test_an_ordinary_user_gets_every_layer_for_a_whole_run(folder: Path) -> None:
    path, table, out = folder / "run", folder / "table.csv", folder / "out.csv"

    fitted = run(
        *("fit", table, "--target", "y", "--trials", "3"),
        *("--isolation", "strict", "--run-dir", path),
    )
    predicted = run("predict", path, table, "--out", out)
    replayed = run("replay", path)

    assert fitted.returncode == 0, fitted.stderr
    assert predicted.returncode == 0, predicted.stderr
    assert replayed.returncode == 0, replayed.stderr
    assert path.stat().st_uid == int(NOBODY)
    result = json.loads((path / "result.json").read_text())
    assert set(result["isolation"]) >= set(Layer)
    assert set(result["isolation"].values()) == {"active"}
    assert len(pd.read_csv(out)) == 90


def test_the_doctor_tells_an_ordinary_user_that_all_layers_hold() -> None:
    done = run("doctor")

    assert done.returncode == 0, done.stderr
    assert "a real job with two threads ran" in done.stdout
    assert "missing" not in done.stdout
