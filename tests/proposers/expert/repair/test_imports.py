"""Imports of well-known names."""

import pytest

from proposers.expert.repair.imports import IMPORTS


@pytest.mark.parametrize("name", sorted(IMPORTS))
def test_every_known_import_brings_its_name(name: str) -> None:
    namespace: dict[str, object] = {}

    exec(IMPORTS[name], namespace)  # noqa: S102 - that it runs is the point

    assert name in namespace
