"""Reads quantities as people write them: `90s`, `5m`, `1h`, `8GB`."""

import re

from engine.errors import EngineError

SECONDS_PER_UNIT = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
BYTES_PER_UNIT = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
}


class QuantityError(EngineError):
    """Raised when a text is not a quantity of the expected kind."""


def _parse(text: str, units: dict[str, float], what: str, example: str) -> float:
    match = re.fullmatch(r"\s*([0-9]*\.?[0-9]+)\s*([a-zA-Z]*)\s*", text)
    unit = match.group(2).lower() if match else None
    if match is None or unit not in units or float(match.group(1)) <= 0:
        raise QuantityError(f"{text!r} is not {what}; write it like {example}")
    return float(match.group(1)) * units[unit]


def parse_seconds(text: str) -> float:
    """Read a duration.

    Raises:
        QuantityError: It is none, or not above zero.
    """
    return _parse(text, SECONDS_PER_UNIT, "a duration above zero", "60s, 5m or 1h")


def parse_bytes(text: str) -> int:
    """Read an amount of memory.

    Raises:
        QuantityError: It is none, or not above zero.
    """
    units = {unit: float(size) for unit, size in BYTES_PER_UNIT.items()}
    return int(_parse(text, units, "an amount of memory", "8GB or 512MB"))
