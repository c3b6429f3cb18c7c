"""Plain state as files."""

from pathlib import Path

import numpy as np
import pytest

from exported.stored_state import read_state, store_state
from toolkit.state.container import pack
from toolkit.state.decoding import from_plain
from toolkit.state.encoding import to_plain


def test_what_was_stored_is_read_again(tmp_path: Path) -> None:
    model = {"numbers": np.arange(3.0), "long": "x" * 20_000, "few": [1, None, "a"]}

    store_state(pack(to_plain(model)), tmp_path / "model_0")

    again = from_plain(read_state(tmp_path / "model_0"))
    np.testing.assert_array_equal(again.pop("numbers"), model.pop("numbers"))
    assert again == model
    assert {path.name for path in (tmp_path / "model_0").iterdir()} == {
        "tree.json",
        "arrays.npz",
        "text_0",
    }


def test_what_is_no_state_is_not_stored(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="begins with another word"):
        store_state(b"\x80\x05cos\nsystem\n", tmp_path / "model_0")

    assert not (tmp_path / "model_0").exists()
