"""Takes Python source out of a reply; strict, because a guess costs a trial."""

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator
from typing import NamedTuple

SOURCE_LIMIT_CHARACTERS = 60_000
_THINKING = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})[ \t]*([\w.+-]*)")
_PYTHON_NAMES = frozenset({"", "python", "py", "python3"})
_HEADER = re.compile(r"#\s*(\w+)\s*:\s*(.+)")


class UnusableReplyError(Exception):
    """Raised when a reply holds no usable source; the message is told to the model."""


class Block(NamedTuple):
    """A fenced block; `is_closed` is false if the reply ends inside it."""

    language: str
    text: str
    is_closed: bool


def extract_source(reply: str, class_name: str) -> str:
    """Return the first Python fence of a reply that defines a class.

    Args:
        reply: What the model wrote; `<think>` blocks are passed over.
        class_name: The class that the source must define at its top level.

    Raises:
        UnusableReplyError: If there is none, with the reason.
    """
    blocks = list(fenced_blocks(without_thinking(reply)))
    reason = "the reply has no ```python fence"
    for block in blocks:
        if block.language.lower() not in _PYTHON_NAMES:
            continue
        fault = _fault(block, class_name)
        if fault is None:
            return block.text
        reason = fault
    raise UnusableReplyError(reason)


def without_thinking(reply: str) -> str:
    """Return a reply without what a reasoning model thought aloud."""
    spoken = _THINKING.sub("", reply)
    # Some servers leave out the opening tag, which their template already wrote.
    return spoken.rpartition("</think>")[2]


def fenced_blocks(text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a Markdown text in order."""
    marker = ""
    language = ""
    lines: list[str] = []
    for line in text.splitlines():
        match = _FENCE.match(line)
        if not marker:
            if match is not None:
                marker, language, lines = match[1], match[2], []
        elif line.strip().startswith(marker) and not line.strip().strip(marker[0]):
            yield Block(language, _joined(lines), is_closed=True)
            marker = ""
        else:
            lines.append(line)
    if marker:
        yield Block(language, _joined(lines), is_closed=False)


def read_headers(source: str) -> dict[str, str]:
    """Read the comments `# name: value` above the first line of code."""
    headers: dict[str, str] = {}
    for line in source.splitlines():
        if line.strip() and not line.startswith("#"):
            break
        match = _HEADER.match(line)
        if match is not None:
            headers.setdefault(match[1].lower(), match[2].strip())
    return headers


def _joined(lines: list[str]) -> str:
    return textwrap.dedent("\n".join(lines)).strip("\n") + "\n"


def _fault(block: Block, class_name: str) -> str | None:
    if not block.is_closed:
        return "the code was cut off before its fence was closed; write less"
    if len(block.text) > SOURCE_LIMIT_CHARACTERS:
        return f"the code is longer than {SOURCE_LIMIT_CHARACTERS} characters"
    try:
        with warnings.catch_warnings():
            # An odd escape in a string is the author's matter, not ours.
            warnings.simplefilter("ignore")
            module = ast.parse(block.text)
    except SyntaxError as error:
        return f"the code is not valid Python: {error.msg}, line {error.lineno}"
    except (ValueError, RecursionError, MemoryError):
        return "the code is not valid Python"
    is_defined = any(
        isinstance(statement, ast.ClassDef) and statement.name == class_name
        for statement in module.body
    )
    return None if is_defined else f"the code defines no class {class_name}"
