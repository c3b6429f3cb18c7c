"""Packages pinned to the versions that are installed."""

import re

import pandas as pd

from engine.requirements import pinned_requirements


def test_packages_are_pinned_by_the_names_they_are_installed_by() -> None:
    lines = pinned_requirements({"sklearn", "no_such_package"})

    assert [line.split("==")[0] for line in lines] == [
        "numpy",
        "pandas",
        "scikit-learn",
    ]
    assert f"pandas=={pd.__version__}" in lines
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][a-z0-9.]*", line) for line in lines)
