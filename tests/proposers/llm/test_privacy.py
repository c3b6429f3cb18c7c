"""Columns that look personal, or have too many values, are not shown cell by cell."""

import pytest

from proposers.llm.privacy import is_withheld, looks_personal, names_person
from schemas.table import ColumnKind, ColumnProfile


def column(
    name: str = "plan",
    kind: ColumnKind = ColumnKind.CATEGORY,
    levels: tuple[str, ...] = (),
) -> ColumnProfile:
    return ColumnProfile(
        name=name, kind=kind, missing_share=0.0, distinct=3, common_levels=levels
    )


@pytest.mark.parametrize(
    "name",
    [
        "name",
        "last_name",
        "E-mail",
        "customerEmail",
        "PHONE",
        "home address",
        "zip-code",
        "date of birth",
        "dob",
        "IBAN",
        "ip",
        "GPS lat",
        "Passport No",
    ],
)
def test_a_name_can_say_that_cells_are_about_persons(name: str) -> None:
    assert names_person(name)
    assert is_withheld(column(name))


@pytest.mark.parametrize(
    "name", ["plan", "filename_length", "shipment", "chips", "age"]
)
def test_other_names_do_not(name: str) -> None:
    assert not names_person(name)
    assert not is_withheld(column(name))


@pytest.mark.parametrize(
    "value",
    [
        "ann.lee@example.org",
        "https://example.org/u/7",
        "+49 30 1234-5678",
        "4111 1111 1111 1111",
        "DE89 3704 0044 0532 0130 00",
        "192.168.0.17",
    ],
)
def test_a_cell_can_say_so_too(value: str) -> None:
    assert looks_personal(value)
    assert is_withheld(column(), [None, "basic", value])
    assert is_withheld(column(levels=("basic", value)))


@pytest.mark.parametrize(
    "value",
    ["basic", "1234", "2024-03-01", "01.02.2023", "2024-03-01 12:30:00", 5, None],
)
def test_plain_words_numbers_and_dates_do_not(value: object) -> None:
    assert not looks_personal(value)


@pytest.mark.parametrize(
    "kind", [ColumnKind.TEXT, ColumnKind.HIGH_CARDINALITY, ColumnKind.IDENTIFIER]
)
def test_columns_of_many_values_are_withheld_whatever_they_hold(
    kind: ColumnKind,
) -> None:
    assert is_withheld(column(kind=kind))
