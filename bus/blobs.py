"""Content-addressed files: large text and arrays that the journal names by their hash."""

import hashlib
import os
from pathlib import Path

from bus.errors import BlobMissing
from schemas.base import BlobRef


class BlobStore:
    """Keeps bytes under their sha256; a blob is complete on disk before it can be named."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path_of(self, ref: BlobRef) -> Path:
        """Where the content of `ref` lives."""
        return self._folder / ref.digest[:2] / ref.digest[2:]

    def keep(self, content: bytes) -> BlobRef:
        """Store bytes once and return their name."""
        ref = BlobRef(digest=hashlib.sha256(content).hexdigest(), size=len(content))
        path = self.path_of(ref)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(f"{path.name}.{os.getpid()}.{id(content)}.partial")
            partial.write_bytes(content)
            partial.replace(path)
        return ref

    def read(self, ref: BlobRef) -> bytes:
        """Return the bytes of `ref`.

        Raises:
            BlobMissing: The file is not there or its content was changed.
        """
        try:
            content = self.path_of(ref).read_bytes()
        except OSError as error:
            raise BlobMissing(f"blob {ref.digest!r} cannot be read: {error}") from error
        if hashlib.sha256(content).hexdigest() != ref.digest:
            raise BlobMissing(f"blob {ref.digest!r} was changed on disk")
        return content

    def keep_text(self, text: str) -> BlobRef:
        """Store text as UTF-8."""
        return self.keep(text.encode())

    def read_text(self, ref: BlobRef) -> str:
        """Return the text of `ref`; raises BlobMissing like `read`."""
        return self.read(ref).decode()

    def drop(self, ref: BlobRef) -> None:
        """Forget content that nothing needs any more."""
        self.path_of(ref).unlink(missing_ok=True)
