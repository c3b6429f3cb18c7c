"""Files of lines that grow while a run goes on, and that a crash may cut off anywhere."""

import os
from pathlib import Path
from typing import BinaryIO


def append_line(path: Path, line: str) -> None:
    """Append a line; a last one that a crash tore off is ended first."""
    content = line.encode() + b"\n"
    with path.open("ab+") as file:
        if file.tell() and _is_torn(file):
            content = b"\n" + content
        file.write(content)


def _is_torn(file: BinaryIO) -> bool:
    """Whether a crash left the last line without its end."""
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"
