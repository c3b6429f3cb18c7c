"""What a run was made with."""

from pathlib import Path

import pytest

from engine import versions
from engine.versions import code_version, library_versions


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
    (tmp_path / "agents" / "critic.py").write_text("the same")
    before = code_version()
    source.write_text("two")

    after = code_version()
    assert after.fingerprint != before.fingerprint
    changed = {path for path, _ in set(before.modules) ^ set(after.modules)}
    assert changed == {"agents/director.py"}


def test_the_fingerprint_is_stable() -> None:
    assert code_version() == code_version()
    assert ("bus/core.py", dict(code_version().modules)["bus/core.py"]) in (
        code_version().modules
    )
