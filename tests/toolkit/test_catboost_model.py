"""CatBoost."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from toolkit.catboost_model import CatBoost

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeSpec


def test_noise_stops_boosting_long_before_the_last_round(make_spec: "MakeSpec") -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(300, 5)), columns=list("abcde"))
    model = CatBoost(make_spec("regression"), rounds=500, patience=20)

    model.fit(table, random.normal(size=300))

    assert model.model.tree_count_ < 100


def test_fitting_writes_no_files_and_prints_nothing(
    make_spec: "MakeSpec",
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    table = pd.DataFrame({"a": np.arange(50.0), "c": pd.Categorical(["x", "y"] * 25)})

    CatBoost(make_spec("regression"), rounds=10).fit(table, np.arange(50.0))

    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")
