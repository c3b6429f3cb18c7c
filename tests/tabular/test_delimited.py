"""Delimited text: what is written is what is read."""

import io

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from tabular.delimited import parse_delimited

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1)
WORDS = CELLS.map(lambda text: f"w{text.strip()}w")
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.lists(st.tuples(WORDS, NUMBERS, st.integers(-(2**62), 2**62)), min_size=1),
    st.sampled_from(",;|\t"),
)
def test_a_written_table_is_read_back(
    rows: list[tuple[str, float, int]], delimiter: str
) -> None:
    written = pd.DataFrame(rows, columns=["text", "real", "whole"])
    buffer = io.StringIO()
    written.to_csv(buffer, index=False, sep=delimiter)

    table = parse_delimited(buffer.getvalue().encode(), "table.csv").table.to_pandas()

    assert table["text"].tolist() == written["text"].tolist()
    assert table["real"].tolist() == written["real"].tolist()
    assert table["whole"].tolist() == written["whole"].tolist()


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1), st.sampled_from(",;|\t"))
def test_blanks_before_quotes_change_nothing(
    rows: list[tuple[str, str]], delimiter: str
) -> None:
    lines = [("a", "b"), *rows]
    quoted = [[_quoted(word) for word in line] for line in lines]
    close, wide = (
        "\n".join(between.join(line) for line in quoted).encode()
        for between in (delimiter, f"{delimiter} ")
    )

    table = parse_delimited(wide, "table.csv").table

    assert table.equals(parse_delimited(close, "table.csv").table)
