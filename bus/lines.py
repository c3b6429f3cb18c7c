"""Files of lines that grow while a run goes on, and that a crash may cut off anywhere."""

import os
from pathlib import Path
from typing import BinaryIO


def append_line(path: Path, line: str, *, is_synced: bool = False) -> None:
    """Append a line; a last one that a crash tore off is ended first.

    Args:
        path: The file; made if missing.
        line: Without its end.
        is_synced: Whether it stands on the disk when this returns.
    """
    content = line.encode() + b"\n"
    with path.open("ab+") as file:
        if file.tell() and _is_torn(file):
            content = b"\n" + content
        file.write(content)
        if is_synced:
            file.flush()
            os.fsync(file.fileno())


def _is_torn(file: BinaryIO) -> bool:
    """Whether a crash left the last line without its end."""
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"
