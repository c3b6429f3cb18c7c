"""What a run was made with."""

from pathlib import Path

import pytest

from engine import versions
from engine.versions import library_versions, source_fingerprint


def test_python_and_the_libraries_are_named() -> None:
    names = dict(library_versions())

    assert names.keys() >= {"python", "pandas", "scikit-learn", "lightgbm", "sage-loop"}
    assert all(names.values())


def test_the_fingerprint_changes_with_the_source_that_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "agents").mkdir()
    source = tmp_path / "agents" / "director.py"
    source.write_text("one")
    monkeypatch.setattr(versions, "ROOT", tmp_path)
    before = source_fingerprint()
    source.write_text("two")

    assert source_fingerprint() != before


def test_the_fingerprint_is_stable() -> None:
    assert source_fingerprint() == source_fingerprint()
