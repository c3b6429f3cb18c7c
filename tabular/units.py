"""Units that amounts are written with, and how those of one kind convert."""

import re

SIZES = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "bn": 1e9}
"""Powers of ten, as in `€1.2M`."""

_DAY_SECONDS = 86_400.0
_YEAR_SECONDS = 365.2425 * _DAY_SECONDS
_BYTES = {1e3: "kB", 1e6: "MB", 1e9: "GB", 1e12: "TB"}
_GRAMS = {
    1e-3: "mg",
    1.0: "g gram",
    28.349523125: "oz ounce",
    453.59237: "lb pound",
    1e3: "kg kilogram",
    1e6: "t",
}
_METRES = {
    1e-3: "mm",
    1e-2: "cm",
    0.0254: "in inch inches",
    0.3048: "ft foot feet",
    0.9144: "yd yard",
    1.0: "m meter metre",
    1e3: "km kilometer kilometre",
    1609.344: "mi mile",
}
_LITRES = {1e-3: "ml", 1e-2: "cl", 1.0: "l L liter litre"}
_SECONDS = {
    1e-3: "ms",
    1.0: "s sec second",
    60.0: "min minute",
    3600.0: "h hr hour",
    _DAY_SECONDS: "d day",
    7 * _DAY_SECONDS: "wk week",
    _YEAR_SECONDS / 12: "mo month",
    _YEAR_SECONDS: "yr year",
}
"""Months and years are those of the calendar on the mean."""


def _spelling(unit: str) -> str:
    """One for `Kg` and `kg`, `door` and `doors`, `cu.ft.` and `cu ft`.

    Shorter ones keep what tells them apart: `M` is no `m`, and `ms` is no plural.
    """
    letters = "".join(unit.replace(".", " ").split())
    word = letters if len(letters) == 1 else letters.casefold()
    return re.sub("(?<=..)s$", "", word)


_KINDS = tuple(
    {_spelling(name): size for size, names in kind.items() for name in names.split()}
    for kind in (_BYTES, _GRAMS, _METRES, _LITRES, _SECONDS)
)


def factor(unit: str, into: str) -> float | None:
    """What to multiply amounts of a unit by, to have them in another one.

    Args:
        unit: As written; a bare number, with nothing, is taken to be of the other unit.
        into: The other unit; nothing for plain numbers, which `M` and the like multiply.

    Returns:
        None if the two do not convert.
    """
    if not unit:
        return 1.0
    if not into:
        return SIZES.get(unit)
    if _spelling(unit) == _spelling(into):
        return 1.0
    for kind in _KINDS:
        if _spelling(unit) in kind and _spelling(into) in kind:
            return kind[_spelling(unit)] / kind[_spelling(into)]
    return None
