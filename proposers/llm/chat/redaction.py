"""Keeps keys out of every text that leaves the client."""

import re

MASK = "[key]"
TEXT_LIMIT_CHARACTERS = 300
FEWEST_KEY_CHARACTERS = 8
_KEY_SHAPES = re.compile(
    r"(?<![a-z0-9])sk-[\w*.-]{6,}|Bearer\s+[\w.~+/=*-]+", re.IGNORECASE
)


def without_key(text: str, key: str) -> str:
    """Return an answer without the very key, where a server puts it into one.

    A key of a few letters, as servers of one's own may have, is a word like any other.
    """
    return text.replace(key, MASK) if len(key) >= FEWEST_KEY_CHARACTERS else text


def mask_keys(text: str, key: str) -> str:
    """Return a text with the key, and whatever looks like one, masked.

    Args:
        text: Anything a server or library said.
        key: The key as it is sent; servers like to echo it.
    """
    masked = text.replace(key, MASK) if key else text
    return _KEY_SHAPES.sub(MASK, masked)


def redact(text: str, key: str) -> str:
    """Return a text with keys masked and cut short, see `mask_keys`."""
    masked = mask_keys(text, key)
    if len(masked) <= TEXT_LIMIT_CHARACTERS:
        return masked
    return masked[:TEXT_LIMIT_CHARACTERS] + "..."
