"""Receipts: outcomes that arrived before their turn, so that a crash loses none of them."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bus.effects import Arrival
from bus.lines import append_line
from schemas.envelope import Cost, Input


class _Receipt(BaseModel):
    model_config = ConfigDict(frozen=True, ser_json_inf_nan="constants")

    key: str
    src: str
    body: Input = Field(discriminator="kind")
    duration: float | None
    cost: Cost | None


class Receipts:
    """A file of outcomes that may not be heard yet; forgotten once the run is finished.

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
        append_line(self._path, receipt.model_dump_json())

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
