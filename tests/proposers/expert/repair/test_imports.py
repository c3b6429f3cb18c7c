"""Imports of well-known names."""

import pytest

from proposers.expert.repair.imports import IMPORTS


@pytest.mark.parametrize("line", sorted(set(IMPORTS.values())))
def test_every_known_import_works(line: str) -> None:
    exec(line, {})  # noqa: S102 - that it runs is the point
