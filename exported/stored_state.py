"""Plain state of a fitted model as files that anybody can look into."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.state.container import unpack
from toolkit.state.plain import PlainState

PLAIN_FOLDER = "model_{}"


def store_state(block: bytes, folder: Path) -> None:
    """Check a block of state that nobody vouches for, and write it as files.

    Writes `tree.json`, `arrays.npz` and `text_<n>`; nothing in the block is executed.

    Raises:
        NotPlainError: It is no plain state (a ValueError).
    """
    state = unpack(block)
    folder.mkdir(parents=True)
    (folder / "tree.json").write_text(json.dumps(state.tree), encoding="utf-8")
    arrays: Any = {str(place): array for place, array in enumerate(state.arrays)}
    np.savez_compressed(folder / "arrays.npz", **arrays)
    for place, text in enumerate(state.texts):
        (folder / f"text_{place}").write_bytes(text)


def read_state(folder: Path) -> PlainState:
    """Read plain state from its files."""
    tree: Any = json.loads((folder / "tree.json").read_text(encoding="utf-8"))
    with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
        kept = [arrays[str(number)] for number in range(len(arrays.files))]
    texts = sorted(folder.glob("text_*"), key=number_of)
    return PlainState(tree, kept, [path.read_bytes() for path in texts])


def number_of(path: Path) -> int:
    """The number at the end of a name like `model_3` or `model_3.pkl`."""
    return int(path.stem.rpartition("_")[2])
