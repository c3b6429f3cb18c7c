"""A finished small run for each kind of task, and ways to start more."""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine.run_folder import RunFolder, open_run_folder
from engine.trained import Trained
from executors.pool import WorkerPool
from tests.command_line import run_here

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Finished:
    """A run of the command line that came to its end."""

    code: int
    output: str
    errors: str
    path: Path

    @property
    def folder(self) -> RunFolder:
        return open_run_folder(self.path)

    @property
    def result(self) -> dict[str, Any]:
        result: dict[str, Any] = json.loads((self.path / "result.json").read_text())
        return result


def start_and_wait(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Start run.py as a user would, from another folder."""
    return subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *map(str, words)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@pytest.fixture(scope="session")
def command() -> Callable[..., subprocess.CompletedProcess[str]]:
    return run_here


@pytest.fixture(scope="session")
def start() -> Callable[[Sequence[str | Path]], subprocess.Popen[str]]:
    def popen(words: Sequence[str | Path]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "run.py"), *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return popen


def small_table(rows: int = 160) -> pd.DataFrame:
    """Numbers with a hole, a category, a flag, and a target of each kind."""
    random = np.random.default_rng(5)
    a, b = random.normal(size=rows), random.normal(size=rows)
    shop = random.choice(["north", "south", "west"], size=rows)
    signal_ = a - b + (shop == "north") + random.normal(scale=0.5, size=rows)
    return pd.DataFrame(
        {
            "a": np.where(random.random(rows) < 0.1, np.nan, a),
            "b": b,
            "shop, of course": shop,
            "is_open": random.random(rows) < 0.5,
            "outcome": np.where(signal_ > 0, "yes", "no"),
            "grade": pd.cut(signal_, 3, labels=["low", "mid", "high"]).astype(str),
            "amount": 3 * signal_ + 10,
        }
    )


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of a session of tests have in common."""
    own = tmp_path_factory.getbasetemp()
    is_one_of_many = "PYTEST_XDIST_WORKER" in os.environ
    folder = (own.parent if is_one_of_many else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Let one process at a time make what is to stand at a path."""
    with path.with_name(f"{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def table(shared: Path) -> Path:
    path = shared / "small.csv"
    with alone_with(path):
        if not path.exists():
            small_table().to_csv(path, index=False)
    return path


def fit(table: Path, path: Path, *words: str) -> Finished:
    run = start_and_wait if "--budget" in words else run_here
    done = run("fit", table, "--run-dir", path, "--seed", "1", *words)
    return Finished(done.returncode, done.stdout, done.stderr, path)


Fits = Callable[..., Finished]


@pytest.fixture(scope="session")
def fitted(table: Path, shared: Path) -> Fits:
    """Fit the small table; each set of options is run once, for all processes."""

    def once(*words: str) -> Finished:
        name = hashlib.sha256(json.dumps(words).encode()).hexdigest()[:16]
        path, told = shared / name, shared / f"{name}.json"
        with alone_with(path):
            if not told.exists():
                done = fit(table, path, *words)
                told.write_text(json.dumps([done.code, done.output, done.errors]))
        code, output, errors = json.loads(told.read_text())
        return Finished(code, output, errors, path)

    return once


BINARY = (
    "--target",
    "outcome",
    "--drop",
    "grade",
    "--drop",
    "amount",
    "--trials",
    "12",
)


@pytest.fixture(scope="session")
def binary(fitted: Fits) -> Finished:
    return fitted(*BINARY)


@pytest.fixture(scope="session")
def trained(binary: Finished) -> Trained:
    """What the binary run learned; its folder is shared, so change nothing in it."""
    return Trained(binary.folder)


@pytest.fixture(scope="module")
async def pool(
    anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[WorkerPool]:
    """Workers for a file of tests; one event loop at a time may live in a process."""
    spool = tmp_path_factory.mktemp("spool")
    async with WorkerPool(threads=1, spool=spool) as started:
        await started.ready()
        yield started
