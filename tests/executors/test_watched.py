"""What a supervisor sees of its child: memory, and scratch that no kernel limit guards."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile

from executors.jail.files import SCRATCH_BYTES, SCRATCH_FILES
from executors.supervisor import passed_limit
from executors.watched import Watched, is_overfull, memory_of
from schemas.jobs import JobLimits

MEBIBYTE = 1024**2
GREEDY = "x = b'x' * 400 * 2**20; print(flush=True); input()"


def test_what_a_child_took_before_it_was_first_looked_at_counts(
    limits: Callable[..., JobLimits],
) -> None:
    """A supervisor may have to wait for its turn while the child is at work already."""
    greedy = subprocess.Popen(
        [sys.executable, "-c", GREEDY], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert greedy.stdout is not None
    greedy.stdout.readline()

    with greedy, TemporaryFile() as file:
        child = Watched(
            process=greedy.pid,
            handle=-1,
            output=-1,
            trace=-1,
            files=(file.fileno(), file.fileno()),
            ready=None,
            scratch=None,
            limits=limits(memory_bytes=256 * MEBIBYTE),
            input_bytes=0,
            came_with_bytes=20 * MEBIBYTE,
        )
        taken, passed = memory_of(child), passed_limit(child)
        greedy.kill()

    assert taken > 400 * MEBIBYTE
    assert passed == "memory"


def test_bytes_on_disk_count_and_holes_do_not(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2 * SCRATCH_BYTES)
    assert not is_overfull(tmp_path)

    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "full").write_bytes(b"x" * (SCRATCH_BYTES + 4096))
    assert is_overfull(tmp_path)


def test_files_count_and_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").symlink_to("/")
    assert not is_overfull(tmp_path)

    for number in range(SCRATCH_FILES + 1):
        (tmp_path / str(number)).touch()
    assert is_overfull(tmp_path)


def test_a_folder_that_is_gone_is_not_overfull(tmp_path: Path) -> None:
    assert not is_overfull(tmp_path / "gone")
