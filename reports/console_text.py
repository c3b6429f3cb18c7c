"""Makes text of unknown origin safe to show on a terminal and in a spreadsheet."""

import unicodedata

DEFAULT_LIMIT_CHARACTERS = 120
_ELLIPSIS = "..."
_SPACING = frozenset({"Cc", "Zl", "Zp"})
"""Control characters and line breaks: they become spaces, so that words stay apart."""
_DROPPED = frozenset({"Cf", "Cs", "Co", "Cn"})
"""Invisible and direction-changing characters, halves of pairs, and unassigned ones."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the full-width forms, which some spreadsheets read the same."""
CELL_LIMIT_CHARACTERS = 200


def clean_text(text: str, limit: int = DEFAULT_LIMIT_CHARACTERS) -> str:
    """Return a text as one line of visible characters.

    Column names, titles and messages may hold escape sequences that recolour, move or
    retitle a terminal. Nothing of category control or format gets through.

    Args:
        text: Any text.
        limit: Longest result, in characters.
    """
    kept = "".join(_visible(character) for character in text[: 4 * limit])
    line = " ".join(kept.split())
    if len(line) <= limit:
        return line
    return line[: limit - len(_ELLIPSIS)] + _ELLIPSIS


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in _SPACING:
        return " "
    return "" if category in _DROPPED else character


def safe_cell(value: str | float | tuple[float, ...] | None) -> str:
    """Write a value for a CSV file that people open in a spreadsheet.

    Text that could be taken for a formula gets a leading apostrophe; several numbers
    stand in one cell as text; None is an empty cell.
    """
    match value:
        case None:
            return ""
        case tuple():
            return _harmless("; ".join(f"{number:.6g}" for number in value))
        case str():
            return _harmless(value)
        case _:
            return repr(value)


def _harmless(value: str) -> str:
    text = clean_text(value, CELL_LIMIT_CHARACTERS)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
