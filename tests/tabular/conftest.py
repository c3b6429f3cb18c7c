"""Tables and files that several tests of this room use."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

WriteText = Callable[[str], Path]


@pytest.fixture
def write_csv(tmp_path: Path) -> WriteText:
    """Write text to a CSV file and return its path."""

    def write(text: str) -> Path:
        path = tmp_path / "table.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def customers() -> pd.DataFrame:
    """300 rows with columns of every kind and a target of two classes, `yes` and `no`."""
    random = np.random.default_rng(0)
    rows = 300
    age = random.integers(18, 80, rows)
    income = np.round(random.lognormal(10, 1, rows), 2)
    town = random.choice(["Ulm", "Trier", "Jena"], rows)
    frame = pd.DataFrame(
        {
            "age": age,
            "income": income,
            "town": town,
            "member": random.choice(["true", "false"], rows),
            "since": pd.date_range("2020-01-01", periods=rows, freq="D").astype(str),
            "note": [f"call number {i} of this customer again" for i in range(rows)],
            "always": "x",
            "never": None,
            "household": random.integers(0, 60, rows),
            "share": random.uniform(0.5, 2.0, rows).round(3),
        }
    )
    chance = 1 / (1 + np.exp(-(age - 50) / 10 - (town == "Ulm")))
    frame["buys"] = np.where(random.uniform(size=rows) < chance, "yes", "no")
    frame.loc[::17, "income"] = np.nan
    return frame
