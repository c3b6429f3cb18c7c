"""What a run was made with: versions of Python and libraries, and our own source's hash."""

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

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
DECIDING_ROOMS = ("agents", "bus", "schemas")


def library_versions() -> tuple[tuple[str, str], ...]:
    """Python and the packages that decide what a run does, as (name, version)."""
    versions = [("python", platform.python_version())]
    for package in NAMED_PACKAGES:
        try:
            versions.append((package, version(package)))
        except PackageNotFoundError:
            versions.append((package, "checkout"))
    return tuple(versions)


def source_fingerprint() -> str:
    """Hash of the source that decides: replay needs the same decisions."""
    digest = hashlib.sha256()
    for room in DECIDING_ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            digest.update(path.relative_to(ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
