"""Finds the weights of pretrained networks on disk; nothing is ever downloaded."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

SETTING = "SAGE_LOOP_CHECKPOINTS"
"""Variable that names folders or files to look in, separated like those of PATH."""

Environment = Mapping[str, str]


class CheckpointError(OSError):
    """Raised when the weights that a model needs are not there, or not the same."""


class Pretrained(NamedTuple):
    """A package whose networks come as files of weights.

    Attributes:
        package: What it is imported as.
        classifiers: Names of files for classification, the best first.
        regressors: Names of files for regression, the best first.
        cache: Where it keeps what it downloaded itself, below the user's cache folder.
        cache_setting: Variable by which its user chose another folder.
    """

    package: str
    classifiers: tuple[str, ...]
    regressors: tuple[str, ...]
    cache: str
    cache_setting: str

    def files(self, *, is_classification: bool) -> tuple[str, ...]:
        """Names of files for a kind of task, the best first."""
        return self.classifiers if is_classification else self.regressors


TABICL = Pretrained(
    package="tabicl",
    classifiers=(
        "tabicl-classifier-v2-20260212.ckpt",
        "tabicl-classifier-v1.1-20250506.ckpt",
        "tabicl-classifier-v1-20250208.ckpt",
    ),
    regressors=("tabicl-regressor-v2-20260212.ckpt",),
    cache="huggingface/hub",
    cache_setting="HF_HUB_CACHE",
)
_TABPFN_BOTH = (
    "tabpfn-v3.5-20260909.safetensors",
    "tabpfn-v3.5-fast-20260909.safetensors",
)
TABPFN = Pretrained(
    package="tabpfn",
    classifiers=(
        *_TABPFN_BOTH,
        "tabpfn-v3-classifier-v3_default.ckpt",
        "tabpfn-v2.6-classifier-v2.6_default.ckpt",
        "tabpfn-v2.5-classifier-v2.5_default.ckpt",
        "tabpfn-v2-classifier-finetuned-zk73skhh.ckpt",
        "tabpfn-v2-classifier.ckpt",
    ),
    regressors=(
        *_TABPFN_BOTH,
        "tabpfn-v3-regressor-v3_default.ckpt",
        "tabpfn-v2.6-regressor-v2.6_default.ckpt",
        "tabpfn-v2.5-regressor-v2.5_default.ckpt",
        "tabpfn-v2-regressor.ckpt",
    ),
    cache="tabpfn",
    cache_setting="TABPFN_MODEL_CACHE_DIR",
)
PRETRAINED = (TABICL, TABPFN)


class Checkpoint(NamedTuple):
    """Which weights a model was made with.

    Attributes:
        name: Name of the file.
        sha256: Hash of its content, in hexadecimal.
    """

    name: str
    sha256: str


def find_checkpoints(
    kind: Pretrained, environment: Environment, *, is_classification: bool
) -> list[Path]:
    """Files that are there for a kind of task, the best first."""
    names = kind.files(is_classification=is_classification)
    found = [path for name in names for path in _places(kind, name, environment)]
    return [path for path in dict.fromkeys(found) if path.is_file()]


def best_checkpoint(kind: Pretrained, *, is_classification: bool) -> Path:
    """The best file that is there.

    Raises:
        CheckpointError: There is none.
    """
    found = find_checkpoints(kind, os.environ, is_classification=is_classification)
    if not found:
        raise CheckpointError(
            f"no checkpoint of {kind.package} lies on disk; name its folder by {SETTING}"
        )
    return found[0]


def same_checkpoint(kind: Pretrained, checkpoint: Checkpoint) -> Path:
    """The file that a model was made with.

    Raises:
        CheckpointError: It is gone, or its content is another.
    """
    places = _places(kind, checkpoint.name, os.environ)
    found = [path for path in places if path.is_file()]
    for path in found:
        if hash_of(path) == checkpoint.sha256:
            return path
    if found:
        raise CheckpointError(
            f"the checkpoint {str(found[0])!r} is not the one that this model was made "
            f"with (SHA-256 {checkpoint.sha256})"
        )
    raise CheckpointError(
        f"the checkpoint {checkpoint.name!r} that this model was made with does not lie "
        f"on disk any more; name its folder by {SETTING}"
    )


def hash_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _places(kind: Pretrained, name: str, environment: Environment) -> Iterator[Path]:
    """Where a file would lie: what the user named comes first."""
    for entry in environment.get(SETTING, "").split(os.pathsep):
        path = Path(entry)
        if entry and path.name == name:
            yield path
        elif entry:
            yield path / name
    for cache in _caches(kind, environment):
        yield cache / name
        # The layout of the Hugging Face hub: a folder for each state of a repository.
        yield from sorted(cache.glob(f"models--*/snapshots/*/{name}"))


def _caches(kind: Pretrained, environment: Environment) -> Iterator[Path]:
    if own := environment.get(kind.cache_setting):
        yield Path(own)
    if hub := environment.get("HF_HOME"):
        yield Path(hub) / "hub"
    if cache := environment.get("XDG_CACHE_HOME"):
        yield Path(cache) / kind.cache
    if home := environment.get("HOME"):
        yield Path(home) / ".cache" / kind.cache
