"""What a run was made with: versions of Python and libraries, and our own source's hash."""

import hashlib
import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from executors.checkpoints import usable_checkpoints

ROOT = Path(__file__).resolve().parent.parent
NAMED_PACKAGES = (
    "sage-loop",
    "anyio",
    "catboost",
    "lightgbm",
    "numpy",
    "openai",
    "pandas",
    "pyarrow",
    "pydantic",
    "scikit-learn",
    "scipy",
)
EXTRA_PACKAGES = ("interpret-core", "xgboost", "xgboost-cpu")
PRETRAINED_PACKAGES = ("tabicl", "tabpfn", "torch")
"""Told only where weights lie on disk: without them they decide nothing."""
HASH_BYTES = 8
DECIDING_ROOMS = ("agents", "bus", "schemas")


def library_versions() -> tuple[tuple[str, str], ...]:
    """Python and the packages that decide what a run does, as (name, version)."""
    versions = [("python", platform.python_version())]
    for package in NAMED_PACKAGES:
        try:
            versions.append((package, version(package)))
        except PackageNotFoundError:
            versions.append((package, "checkout"))
    pretrained = PRETRAINED_PACKAGES if usable_checkpoints() else ()
    for package in (*EXTRA_PACKAGES, *pretrained):
        with suppress(PackageNotFoundError):
            versions.append((package, version(package)))
    return tuple(versions)


class CodeVersion(NamedTuple):
    """What decides in a run: libraries and our own source.

    Attributes:
        versions: Python and the packages that matter, as (name, version).
        fingerprint: Hash of the source of agents, bus and schemas.
        modules: Hash of each of their files, as (path, hash).
    """

    versions: tuple[tuple[str, str], ...]
    fingerprint: str
    modules: tuple[tuple[str, str], ...]


def code_version() -> CodeVersion:
    """What a run is made with here and now."""
    modules = module_hashes()
    return CodeVersion(library_versions(), _hash(repr(modules).encode()), modules)


def module_hashes() -> tuple[tuple[str, str], ...]:
    """Hash of each file that decides: replay needs the same decisions."""
    return tuple(
        (path.relative_to(ROOT).as_posix(), _hash(path.read_bytes()))
        for room in DECIDING_ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
    )


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=HASH_BYTES).hexdigest()
