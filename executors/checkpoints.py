"""Weights of pretrained networks that jobs may read, found once by the host."""

import os
import stat
from importlib.util import find_spec
from pathlib import Path

from toolkit.checkpoints import PRETRAINED, Pretrained, find_checkpoints

PACKAGES = {kind.package: kind for kind in PRETRAINED}


def usable_checkpoints() -> tuple[Path, ...]:
    """Return all files that a job could use, of packages that are installed."""
    return tuple(
        path
        for package in PACKAGES
        for is_classification in (True, False)
        for path in checkpoints_of(package, is_classification=is_classification)
    )


def checkpoints_of(package: str, *, is_classification: bool) -> list[Path]:
    """Return the files of a package for a kind of task, the best first.

    Jobs are other users, so a file counts only if everybody may read it.

    Args:
        package: A key of `PACKAGES`.
        is_classification: Whether they are for classification or for regression.
    """
    if find_spec(package) is None:
        return []
    return [
        path.absolute()
        for path in find_checkpoints(
            PACKAGES[package], os.environ, is_classification=is_classification
        )
        if path.stat().st_mode & stat.S_IROTH
    ]


def packages_named(source: str) -> tuple[str, ...]:
    """Return the packages whose blocks a source names."""
    return tuple(package for package in PACKAGES if f"{package}_model" in source)


def handed_over(kind: Pretrained) -> bool:
    """Say, in a worker, whether its package is installed and has weights."""
    if find_spec(kind.package) is None:
        return False
    return any(
        find_checkpoints(kind, os.environ, is_classification=is_classification)
        for is_classification in (True, False)
    )
