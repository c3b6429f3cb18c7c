"""Fences off what others wrote: it is data for the model, never instructions."""

import hashlib
import json
import re

from pydantic import JsonValue

NONCE_CHARACTERS = 16
_BRACKETED_TOKEN = re.compile(r"\[(?=/?[A-Z_]+\])")
"""`[INST]` and the like, which some servers read as special tokens."""


def fence_untrusted(name: str, content: JsonValue) -> str:
    r"""Return content as JSON between tags that it cannot forge.

    All of it is ASCII, and `<` and `>` are written `\u003c` and `\u003e`, so neither
    the closing tag nor a model's special tokens can stand inside; the brackets of tokens
    like `[INST]` are written `\u005b`. The tag carries a hash of the content: the same
    content gives the same text, so that what comes first in a prompt stays the same for a
    whole run, and no content can name its own tag.

    Args:
        name: What it is, one word.
        content: Table names, values, source, messages of errors.
    """
    safe = _laid_out(content).replace("<", "\\u003c").replace(">", "\\u003e")
    safe = _BRACKETED_TOKEN.sub(r"\\u005b", safe)
    nonce = hashlib.sha256(safe.encode()).hexdigest()[:NONCE_CHARACTERS]
    return f'<{name} id="{nonce}">\n{safe}\n</{name} id="{nonce}">'


def _laid_out(content: JsonValue) -> str:
    """Write JSON with one entry a line, two levels deep: readable, and short in tokens."""
    match content:
        case dict():
            entries = [f"{_compact(k)}: {_listed(v)}" for k, v in content.items()]
            return "{\n" + ",\n".join(entries) + "\n}"
        case _:
            return _listed(content)


def _listed(content: JsonValue) -> str:
    if not isinstance(content, list) or not content:
        return _compact(content)
    return "[\n" + ",\n".join(_compact(entry) for entry in content) + "\n]"


def _compact(content: JsonValue) -> str:
    return json.dumps(content, ensure_ascii=True)
