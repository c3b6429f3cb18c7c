"""Signs of leaks are found where they are planted, and nowhere else."""

import numpy as np
import pandas as pd
import pytest

from schemas.task import TaskKind
from tabular.columns import infer_schema
from tabular.leaks import Leak, find_leaks

ROWS = 300
RANDOM = np.random.default_rng(0)
NOISE = RANDOM.normal(size=ROWS)
TARGETS = {
    TaskKind.BINARY: (NOISE + RANDOM.normal(size=ROWS) > 0).astype(np.int64),
    TaskKind.MULTICLASS: RANDOM.integers(0, 4, ROWS),
    TaskKind.REGRESSION: NOISE * 2 + RANDOM.normal(size=ROWS),
}
CLEAN = {
    "x": NOISE,
    "shop": RANDOM.choice(["a", "b", "c"], ROWS),
    "flag": RANDOM.random(ROWS) < 0.5,
    "day": pd.date_range("2024-01-01", periods=ROWS)[RANDOM.permutation(ROWS)],
    "note": [f"a note on row {n}" for n in RANDOM.permutation(ROWS)],
    "hole": np.where(RANDOM.random(ROWS) < 0.3, np.nan, NOISE),
    "id": RANDOM.permutation(ROWS),
}
KINDS = tuple(TARGETS)


def leaks(kind: TaskKind, **columns: object) -> dict[str, Leak]:
    frame = pd.DataFrame(CLEAN | columns)
    found = find_leaks(frame, infer_schema(frame), TARGETS[kind], kind)
    return {leak.sign: leak for leak in found}


@pytest.mark.parametrize("kind", KINDS)
def test_a_clean_table_has_none(kind: TaskKind) -> None:
    assert leaks(kind) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_of_the_target_is_too_good(kind: TaskKind) -> None:
    copy = TARGETS[kind] * 3.0 + RANDOM.normal(size=ROWS) * 0.01

    leak = leaks(kind, copy=copy)["too_good"]

    assert leak.column == "copy"
    assert "--drop" in leak.text


@pytest.mark.parametrize("kind", [TaskKind.BINARY, TaskKind.MULTICLASS])
def test_levels_that_name_the_class_are_too_good(kind: TaskKind) -> None:
    levels = [f"{code}{'ab'[n % 2]}" for n, code in enumerate(TARGETS[kind])]

    assert leaks(kind, result=levels)["too_good"].column == "result"


@pytest.mark.parametrize("kind", KINDS)
def test_an_identifier_that_follows_the_target_is_a_trend(kind: TaskKind) -> None:
    order = np.argsort(np.argsort(TARGETS[kind], kind="stable"))

    assert leaks(kind, id=order)["trend"].column == "id"
    assert leaks(kind, id=[f"PT-{n:05d}" for n in order])["trend"].column == "id"


def test_missing_values_that_tell_the_target_are_found() -> None:
    target = TARGETS[TaskKind.BINARY]
    paid = np.where(target == 1, np.abs(NOISE), np.nan)

    leak = leaks(TaskKind.BINARY, paid=paid)["missing"]

    assert leak.column == "paid"
    assert leak.score > 0.9


def test_duplicates_are_counted_with_their_contradictions() -> None:
    frame = pd.DataFrame({"x": [1.0, 1.0, 1.0, 2.0], "y": ["a", "a", "a", "b"]})
    target = np.array([0, 0, 1, 1])

    (leak,) = find_leaks(frame, infer_schema(frame), target, TaskKind.BINARY)[:1]

    assert leak.sign == "duplicates"
    assert leak.score == 0.5
    assert leak.text.startswith("2 rows repeat")
    assert "1 of them with another target" in leak.text
