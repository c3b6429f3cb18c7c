"""Runs a command as another user, who may not even enter our interpreter's folder.

Run by root as `python as_user.py USER COMMAND...`. In mounts of its own, folders that
are closed to others are replaced by empty ones that show just the interpreter and the
project; nothing outside changes.
"""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from executors.jail.kernel import system_call  # noqa: E402
from executors.jail.namespaces import NEW_MOUNTS, unshare  # noqa: E402
from executors.jail.readable import closed_to_others  # noqa: E402
from executors.jail.syscalls import number_of  # noqa: E402

BIND, RECURSIVE, PRIVATE = 1 << 12, 1 << 14, 1 << 18


def mount(source: Path, target: Path, kind: bytes | None, flags: int) -> None:
    system_call(
        "mount",
        number_of("mount"),
        os.fsencode(source),
        os.fsencode(target),
        kind,
        flags,
        b"mode=755" if kind else None,
    )


def main() -> None:
    user = int(sys.argv[1])
    unshare(NEW_MOUNTS)
    mount(Path("none"), Path("/"), None, RECURSIVE | PRIVATE)
    aside = Path(tempfile.mkdtemp())
    mount(Path("none"), aside, b"tmpfs", 0)
    shown = sorted({Path(sys.prefix), Path(sys.base_prefix), ROOT})
    kept = {path: aside / str(number) for number, path in enumerate(shown)}
    for path, place in kept.items():
        place.mkdir()
        mount(path, place, None, BIND | RECURSIVE)
    while closed := closed_to_others(shown):
        mount(Path("none"), closed, b"tmpfs", 0)
        for path, place in kept.items():
            if closed in path.parents or closed == path:
                path.mkdir(parents=True, exist_ok=True)
                mount(place, path, None, BIND | RECURSIVE)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - the tests' own driver


if __name__ == "__main__":
    main()
