"""A file system of a job's own: read-only libraries and a small scratch folder."""

import os
import struct
from contextlib import suppress
from pathlib import Path

from executors.jail.kernel import system_call
from executors.jail.namespaces import NEW_MOUNTS, unshare
from executors.jail.readable import DEVICES, checkpoint_paths, readable_paths
from executors.jail.syscalls import number_of

SCRATCH = Path("/scratch")
SCRATCH_BYTES = 64 * 1024**2
SCRATCH_FILES = 4096

_NO_SET_USER, _NO_DEVICES, _NO_EXECUTION = 2, 4, 8
_PLAIN = _NO_SET_USER | _NO_DEVICES | _NO_EXECUTION
_BIND, _RECURSIVE, _PRIVATE = 1 << 12, 1 << 14, 1 << 18
_READ_ONLY_ATTRIBUTE, _NO_SET_USER_ATTRIBUTE = 1, 2
_AT_RECURSIVE = 0x8000
_HERE = -100
_DETACH = 2


def enter(place: Path, owner: int, *, has_own_processes: bool) -> None:
    """Make a small file system, and make it all that this process can reach.

    Args:
        place: An empty folder under which it is built; nobody else sees it there.
        owner: The user, and group of the same number, who owns the scratch folder.
        has_own_processes: Whether `/proc` would show only this job.

    Raises:
        OSError: The kernel refused.
    """
    os.umask(0o022)
    unshare(NEW_MOUNTS)
    _mount(None, Path("/"), None, _RECURSIVE | _PRIVATE)
    _mount("none", place, "tmpfs", _PLAIN, "size=1m,nr_inodes=1k,mode=755")
    for source in (*readable_paths(), *checkpoint_paths(), *DEVICES):
        _show(source, place)
    for name in ("proc", "scratch"):
        (place / name).mkdir()
    _make_read_only(place)
    limits = f"size={SCRATCH_BYTES},nr_inodes={SCRATCH_FILES},mode=700"
    mine = f"{limits},uid={owner},gid={owner}"
    _mount("none", place / "scratch", "tmpfs", _PLAIN, mine)
    if has_own_processes:
        # Containers may forbid it; then there is none.
        with suppress(OSError):
            _mount("none", place / "proc", "proc", _PLAIN, "subset=pid")
    _move_into(place)


def _show(source: Path, place: Path) -> None:
    """Make a folder or file visible below the new root, under the same path."""
    target = place / source.relative_to("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink() and source.is_dir():
        target.symlink_to(source.readlink())
        return
    if source.is_dir():
        target.mkdir()
    else:
        target.touch()
    _mount(str(source), target, None, _BIND | _RECURSIVE)


def _make_read_only(place: Path) -> None:
    flags = _READ_ONLY_ATTRIBUTE | _NO_SET_USER_ATTRIBUTE
    attributes = struct.pack("QQQQ", flags, 0, 0, 0)
    number = number_of("mount_setattr")
    path = os.fsencode(place)
    size = len(attributes)
    system_call("mount_setattr", number, _HERE, path, _AT_RECURSIVE, attributes, size)


def _move_into(place: Path) -> None:
    """Make a folder the root and let go of the old one."""
    os.chdir(place)
    system_call("pivot_root", number_of("pivot_root"), b".", b".")
    system_call("umount2", number_of("umount2"), b".", _DETACH)
    os.chdir("/")


def _mount(
    source: str | None, target: Path, kind: str | None, flags: int, data: str = ""
) -> None:
    system_call(
        f"mount of {source or target} at {target}",
        number_of("mount"),
        source.encode() if source else None,
        os.fsencode(target),
        kind.encode() if kind else None,
        flags,
        data.encode() if data else None,
    )
