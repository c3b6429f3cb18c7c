"""A disk that fails ends the run with its own exit code, and the folder stays."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXIT_DISK_FAILED = 74


@pytest.mark.deep
@pytest.mark.parametrize("largest_bytes", [5_000, 40_000])
def test_a_full_disk_is_told_and_the_run_is_kept(
    largest_bytes: int, tmp_path: Path
) -> None:
    def fill_the_disk() -> None:
        # No file may grow beyond this, for which the system says much the same.
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_bytes, largest_bytes))

    run = tmp_path / "run"
    words = ("fit", "german_credit", "--target", "class", "--trials", "3")

    done = subprocess.run(
        [sys.executable, ROOT / "run.py", *words, "--run-dir", run],
        preexec_fn=fill_the_disk,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == EXIT_DISK_FAILED, done.stderr
    (line,) = [text for text in done.stderr.splitlines() if "error:" in text]
    assert "disk failed" in line
    assert "resume" in line
    assert (run / "events.jsonl").exists()
