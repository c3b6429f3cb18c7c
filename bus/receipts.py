"""Receipts: outcomes that arrived before their turn, so that a crash loses none of them."""

import os
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bus.effects import Arrival
from schemas.envelope import Cost, Input


class _Receipt(BaseModel):
    model_config = ConfigDict(frozen=True, ser_json_inf_nan="constants")

    key: str
    src: str
    body: Input = Field(discriminator="kind")
    duration: float | None
    cost: Cost | None


def _is_torn(file: BinaryIO) -> bool:
    """Whether a crash left the last line without its end."""
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"


class Receipts:
    """A file of outcomes that may not be heard yet; forgotten once the run is over.

    Args:
        path: Where the receipts of a run are kept.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self, arrival: Arrival) -> None:
        """Write an outcome down before its turn."""
        receipt = _Receipt(
            key=arrival.key or "",
            src=arrival.src,
            body=arrival.body,
            duration=arrival.duration,
            cost=arrival.cost,
        )
        line = receipt.model_dump_json().encode() + b"\n"
        with self._path.open("ab+") as file:
            if file.tell() and _is_torn(file):
                line = b"\n" + line
            file.write(line)

    def read(self) -> dict[str, Arrival]:
        """Return whole receipts by key; a torn one is work in flight."""
        if not self._path.exists():
            return {}
        found: dict[str, Arrival] = {}
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                receipt = _Receipt.model_validate_json(line)
            except ValidationError:
                continue
            found[receipt.key] = Arrival(
                receipt.body, receipt.src, receipt.key, receipt.duration, receipt.cost
            )
        return found

    def forget(self) -> None:
        """Everything was heard."""
        self._path.unlink(missing_ok=True)
