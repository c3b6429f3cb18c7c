"""Runs of clusterings: how many, what each is like, new rows, and no use of labels."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score

Command = Callable[..., Any]
Result = dict[str, Any]

TRIALS = ("--trials", "6", "--seed", "1")


def blobs_table(seed: int = 0) -> pd.DataFrame:
    """Three clusters in numbers and a category, with holes, and their names."""
    values, truth = make_blobs(
        180, centers=[[0, 0], [8, 0], [4, 9]], cluster_std=1.2, random_state=seed
    )
    random = np.random.default_rng(seed)
    shops = np.where(random.random(180) < 0.8, truth, random.integers(3, size=180))
    table = pd.DataFrame(values, columns=["width", "height"])
    table["shop"] = [f"shop {number}" for number in shops]
    table.loc[random.random(180) < 0.05, "height"] = np.nan
    table["name"] = [f"kind {number}" for number in truth]
    return table


def cluster(command: Command, table: pd.DataFrame, folder: Path, *words: str) -> Result:
    """Write a table and cluster it; return what the run says."""
    folder.mkdir(parents=True, exist_ok=True)
    table.to_csv(folder / "table.csv", index=False)
    done = command(
        *("fit", folder / "table.csv", "--task", "clustering", *TRIALS),
        *("--run-dir", folder / "run", *words),
    )
    assert done.returncode == 0, done.stderr
    result: Result = json.loads((folder / "run" / "result.json").read_text())
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clusters")


@pytest.fixture(scope="module")
def result(command: Command, folder: Path) -> Result:
    return cluster(command, blobs_table(), folder, "--label", "name")


def test_clusters_are_counted_and_found_and_compared_with_labels(
    result: Result,
) -> None:
    found = result["clustering"]

    assert found["clusters"] == 3
    assert found["is_chosen"]
    assert found["best"][0]["clusters"] == 3
    assert result["test"].keys() == {"ari", "nmi", "ami", "v_measure", "accuracy"}
    assert result["test"]["ari"] > 0.9
    assert found["stability"] > 0.8
    assert result["metric"] == "validity"
    assert result["development"]["score"] > 2


def test_each_cluster_is_described(result: Result) -> None:
    profiles = result["clustering"]["profiles"]

    assert sum(profile["rows"] for profile in profiles) == 180
    named = {c["column"] for profile in profiles for c in profile["contrasts"]}
    assert named == {"width", "height", "shop"}
    assert all("all rows" in profile["words"] for profile in profiles)
    assert all(0.5 < profile["confidence"] <= 1 for profile in profiles)


def test_every_row_has_a_cluster_a_confidence_and_a_place_on_the_map(
    result: Result, folder: Path
) -> None:
    rows = pd.read_csv(folder / "run" / "assignments.csv")
    points = pd.read_csv(folder / "run" / "map.csv")

    assert result["status"] == "done"
    assert list(rows.columns) == ["row", "prediction", "confidence"]
    assert len(rows) == len(points) == 180
    assert rows["confidence"].between(0, 1).all()
    assert (points["cluster"] == rows["prediction"]).all()


def test_new_rows_join_the_clusters_and_the_journal_gives_the_same_result(
    result: Result, folder: Path, command: Command
) -> None:
    new = blobs_table(seed=0).sample(60, random_state=1)
    new.to_csv(folder / "new.csv", index=False)

    out = folder / "out.csv"
    predicted = command("predict", folder / "run", folder / "new.csv", "--out", out)
    replayed = command("replay", folder / "run")

    assert result["status"] == "done"
    assert predicted.returncode == 0, predicted.stderr
    said = pd.read_csv(out)["prediction"]
    known = pd.read_csv(folder / "run" / "assignments.csv")["prediction"]
    assert adjusted_rand_score(known[new.index], said) > 0.95
    assert replayed.returncode == 0, replayed.stderr


def test_uniform_noise_is_one_cluster(command: Command, tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    table = pd.DataFrame(random.uniform(size=(200, 4)), columns=list("abcd"))

    result = cluster(command, table, tmp_path)

    assert result["clustering"]["clusters"] == 1
    assert "no structure" in result["clustering"]["reason"]
    assert result["status"] == "done"
    assert result["counts"]["trials"] == 0
    rows = pd.read_csv(tmp_path / "run" / "assignments.csv")
    assert rows["prediction"].tolist() == [0] * 200
    predicted = command(
        *("predict", tmp_path / "run", tmp_path / "table.csv"),
        *("--out", tmp_path / "out.csv"),
    )
    assert predicted.returncode == 0, predicted.stderr
    assert set(pd.read_csv(tmp_path / "out.csv")["prediction"]) == {0}


def odd_table() -> pd.DataFrame:
    """Every kind of column, with holes, a constant and rows that are there twice."""
    random = np.random.default_rng(2)
    truth = random.integers(2, size=70)
    table = pd.DataFrame(
        {
            "size": 9.0 * truth + random.normal(size=70),
            "shop": [f"shop {number}" for number in truth],
            "is_open": truth == 1,
            "day": pd.Timestamp("2026-01-01") + pd.to_timedelta(400 * truth, "D"),
            "words": [
                f"a note of {n} words about row {i}" for i, n in enumerate(truth)
            ],
            "constant": 3,
        }
    )
    table.loc[random.random(70) < 0.1, ["size", "shop"]] = np.nan
    return pd.concat([table, table.head(15)], ignore_index=True)


def flags_table() -> pd.DataFrame:
    """Nothing but categories and flags, in two groups."""
    random = np.random.default_rng(3)
    truth = random.integers(2, size=80)
    flips = random.random((80, 6)) < 0.08
    flags = truth[:, None] ^ flips
    return pd.DataFrame({f"f{i}": np.where(flags[:, i], "yes", "no") for i in range(6)})


@pytest.mark.deep
@pytest.mark.parametrize(
    ("make", "words"), [(odd_table, ("--clusters", "2")), (flags_table, ())]
)
def test_all_kinds_of_columns_are_clustered_and_flags_alone_are_counted(
    make: Callable[[], pd.DataFrame],
    words: tuple[str, ...],
    command: Command,
    tmp_path: Path,
) -> None:
    table = make()

    result = cluster(command, table, tmp_path, "--trials", "4", *words)

    assert result["status"] == "done"
    assert result["clustering"]["clusters"] == 2
    assert result["clustering"]["is_chosen"] == (not words)
    rows = pd.read_csv(tmp_path / "run" / "assignments.csv")
    assert len(rows) == len(table)


@pytest.mark.deep
def test_shuffled_labels_change_no_assignment(
    result: Result, folder: Path, command: Command, tmp_path: Path
) -> None:
    table = blobs_table()
    random = np.random.default_rng(0)
    table["name"] = random.permutation(table["name"].to_numpy())

    shuffled = cluster(command, table, tmp_path, "--label", "name")

    files = ("assignments.csv", "map.csv", "leaderboard.csv")
    for name in files[:2]:
        assert (tmp_path / "run" / name).read_bytes() == (
            folder / "run" / name
        ).read_bytes()
    assert shuffled["clustering"] == result["clustering"]
    assert shuffled["ensemble"] == result["ensemble"]
    assert shuffled["test"]["ari"] < 0.1 < result["test"]["ari"]
