"""Which columns are read as texts."""

import numpy as np
import pandas as pd

from toolkit.columns import ColumnGroups
from toolkit.text_columns import MANY_NAMES, TextColumns
from toolkit.text_encoder import COMPONENTS, MOST_SHOWN

COUNTS = 4


def groups(*, text: list[str], category: list[str]) -> ColumnGroups:
    return ColumnGroups([], category, text, [])


def named(pattern: str, levels: int) -> pd.DataFrame:
    values = [pattern.format(row % levels) for row in range(3 * levels)]
    return pd.DataFrame({"name": pd.Categorical(values)})


def test_only_texts_have_scores() -> None:
    table = named("shop number {}", MANY_NAMES + 1)
    table["note"] = [f"red apple {row}" for row in range(len(table))]

    encoded = TextColumns(0, is_classification=False).fit_transform(
        table, groups(text=["note"], category=["name"]), np.arange(float(len(table)))
    )

    names, note = COUNTS + COMPONENTS, COUNTS + MOST_SHOWN + 1
    assert names < encoded.shape[1] <= names + note


def test_a_category_of_many_names_is_read_for_later_rows_too() -> None:
    table = named("shop number {}", MANY_NAMES + 1)
    columns = TextColumns(0, is_classification=False)

    fitted = columns.fit_transform(table, groups(text=[], category=["name"]))

    np.testing.assert_allclose(columns.transform(table), fitted, atol=1e-5)
    gap = pd.DataFrame({"name": pd.Categorical([None, "shop number 7"])})
    assert np.isfinite(columns.transform(gap)).all()


def test_single_words_and_few_names_are_no_texts() -> None:
    for table in (named("N{}", MANY_NAMES + 1), named("shop number {}", MANY_NAMES)):
        columns = TextColumns(0, is_classification=False)

        encoded = columns.fit_transform(table, groups(text=[], category=["name"]))

        assert encoded.shape == (len(table), 0)


def test_every_class_has_its_score() -> None:
    classes = np.arange(300) % 30
    table = pd.DataFrame({"note": [f"topic {code} red apple" for code in classes]})

    encoded = TextColumns(0, is_classification=True).fit_transform(
        table, groups(text=["note"], category=[]), classes
    )

    scores = encoded[:, -30:]
    assert encoded.shape[1] <= COUNTS + MOST_SHOWN + 30
    assert (scores.argmax(axis=1) == classes).mean() > 0.9
