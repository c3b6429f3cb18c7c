"""What a job may read: libraries, the toolkit, files of weights, a few devices."""

import functools
import importlib.util
import os
import site
import stat
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from toolkit.checkpoints import SETTING

SHARED_LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64")
SYSTEM_FILES = ("/usr/share/zoneinfo", "/etc/localtime", "/etc/ld.so.cache")
DEVICES = (Path("/dev/null"), Path("/dev/zero"), Path("/dev/urandom"))


@functools.cache
def readable_paths() -> tuple[Path, ...]:
    """Return folders and files that candidate code needs, none inside another."""
    paths = sysconfig.get_paths()
    wanted = [paths[kind] for kind in ("stdlib", "platstdlib", "purelib", "platlib")]
    wanted += [sysconfig.get_config_var("LIBDIR") or "", *site.getsitepackages()]
    wanted += [*_toolkit(), *SHARED_LIBRARIES, *SYSTEM_FILES]
    existing = {Path(path) for path in wanted if path and Path(path).exists()}
    return tuple(
        sorted(path for path in existing if not existing.intersection(path.parents))
    )


def checkpoint_paths() -> tuple[Path, ...]:
    """Return the files of weights that the host names and that lie nowhere else."""
    named = [Path(path) for path in os.environ.get(SETTING, "").split(os.pathsep)]
    libraries = set(readable_paths())
    return tuple(
        path
        for path in named
        if path.is_file() and not libraries.intersection(path.parents)
    )


def _toolkit() -> list[str]:
    found = importlib.util.find_spec("toolkit")
    places = found.submodule_search_locations if found else None
    return list(places or ())


def closed_to_others(paths: Iterable[Path]) -> Path | None:
    """Return the first folder on the way to some paths that other users cannot enter."""
    for path in paths:
        for folder in (*reversed(path.resolve().parents), path.resolve()):
            if not os.stat(folder).st_mode & stat.S_IXOTH and folder.is_dir():
                return folder
    return None
