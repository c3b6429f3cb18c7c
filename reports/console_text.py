"""Makes text of unknown origin safe to show on a terminal and in a spreadsheet."""

import unicodedata

DEFAULT_LIMIT_CHARACTERS = 120
_ELLIPSIS = "..."
_SPACING = frozenset({"Cc", "Zl", "Zp"})
"""Control characters and line breaks: they become spaces, so that words stay apart."""
_DROPPED = frozenset({"Cf", "Cs", "Co", "Cn"})
"""Invisible and direction-changing characters, halves of pairs, and unassigned ones."""


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
