"""Sources that are made of our blocks alone are known by their imports."""

import pytest

from engine.own_code import is_only_toolkit


@pytest.mark.parametrize(
    ("source", "is_ours"),
    [
        ("from toolkit.kmeans import KMeansClusterer", True),
        ("import toolkit.kmeans", True),
        ("x = 1", True),
        ("from toolkit.kmeans import K\nimport numpy", False),
        ("def f():\n    from random import random", False),
        ("from toolkitten import x", False),
        ("__import__('random')", False),
        ("from . import x", False),
        ("class Candidate(", False),
    ],
)
def test_everything_that_is_imported_counts(source: str, *, is_ours: bool) -> None:
    assert is_only_toolkit(source) == is_ours
