"""Units of one kind convert, however they are spelled."""

import pytest

from tabular.units import factor


@pytest.mark.parametrize(
    ("unit", "into", "expected"),
    [
        ("lbs.", "kg", 0.45359237),
        ("Ounces", "lb", 1 / 16),
        ("feet", "inches", 12),
        ("Miles", "yards", 1760),
        ("mL", "L", 1e-3),
        ("MB", "GB", 1e-3),
        ("mins", "h", 1 / 60),
        ("Weeks", "d", 7),
        ("year", "months", 12),
        ("Doors", "door", 1),
        ("cu.ft.", "cu ft", 1),
        ("M", "", 1e6),
        ("", "anything", 1),
    ],
)
def test_units_of_one_kind_convert(unit: str, into: str, expected: float) -> None:
    assert factor(unit, into) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "into"),
    [("M", "m"), ("ms", "m"), ("kg", "km"), ("km/kg", "kmpl"), ("kg", ""), ("d", "D")],
)
def test_other_units_do_not(unit: str, into: str) -> None:
    assert factor(unit, into) is None
