"""Jobs read libraries and nothing else."""

from pathlib import Path

import numpy as np

from executors.jail.readable import closed_to_others, readable_paths


def test_libraries_and_the_toolkit_are_readable_but_no_home_and_no_run() -> None:
    paths = readable_paths()
    own = Path(__file__).resolve().parents[3]

    def covers(path: Path) -> bool:
        return any(path == root or root in path.parents for root in paths)

    assert covers(Path(np.__file__))
    assert covers(own / "toolkit" / "spec.py")
    for hidden in ("executors", "schemas", "engine", "run.py", "runs", ".git"):
        assert not covers(own / hidden)
    for place in (Path.home(), Path("/etc/passwd"), Path("/var"), Path("/proc")):
        assert not covers(place)


def test_no_path_lies_inside_another() -> None:
    paths = readable_paths()

    assert not any(one in other.parents for one in paths for other in paths)


def test_the_folder_that_keeps_others_out_is_named(tmp_path: Path) -> None:
    inner = tmp_path / "open" / "closed" / "inner"
    inner.mkdir(parents=True)
    for folder in (inner, *inner.parents[:-1]):
        if folder.is_relative_to(tmp_path):
            folder.chmod(0o755)
    inner.parent.chmod(0o700)
    tops = [path for path in tmp_path.parents if path.stat().st_mode & 0o001 == 0]

    found = closed_to_others([inner])

    assert found == (tops[-1] if tops else inner.parent)
    assert closed_to_others([Path("/usr/lib")]) is None
