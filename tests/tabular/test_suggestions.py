"""A mistyped column is answered with what may have been meant."""

from tabular.suggestions import closest


def test_a_close_name_is_suggested() -> None:
    assert closest("agee", ["age", "sex"]) == "; did you mean 'age'?"


def test_else_the_first_names_are_listed() -> None:
    assert closest("zzz", ["age", "sex"]) == "; it has 'age', 'sex'."
    assert closest("zzz", [f"c{n}" for n in range(12)]).endswith("and 2 more.")
