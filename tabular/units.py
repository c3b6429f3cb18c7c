"""Units that amounts are written with, and how those of one kind convert."""

SIZES = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "bn": 1e9}
"""Powers of ten, as in `€1.2M`."""

_KINDS = (
    {"KB": 1e3, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12},
    {"mg": 1e-3, "g": 1.0, "kg": 1e3, "t": 1e6},
    {"mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3},
    {"ml": 1e-3, "mL": 1e-3, "cl": 1e-2, "l": 1.0, "L": 1.0},
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
    for kind in _KINDS:
        if unit in kind and into in kind:
            return kind[unit] / kind[into]
    return 1.0 if _spelling(unit) == _spelling(into) else None


def _spelling(unit: str) -> str:
    """One for `Kg` and `kg`, `door` and `doors`, `cu.ft.` and `cu ft`."""
    letters = "".join(unit.casefold().replace(".", " ").split())
    return letters.removesuffix("s") if len(letters) > 1 else letters
