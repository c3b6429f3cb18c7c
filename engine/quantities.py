"""Reads quantities as people write them: `90s`, `5m`, `1h`, `8GB`, `2USD`, `200k`."""

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
DOLLARS_PER_UNIT = {"": 1.0, "usd": 1.0, "cent": 0.01, "cents": 0.01}
COUNT_PER_UNIT = {"": 1.0, "k": 1e3, "m": 1e6}


class QuantityError(EngineError):
    """Raised when a text is not a quantity of the expected kind."""


def _parse(
    text: str,
    units: dict[str, float],
    what: str,
    example: str,
    *,
    may_be_zero: bool = False,
) -> float:
    match = re.fullmatch(r"\s*([0-9]*\.?[0-9]+)\s*([a-zA-Z]*)\s*", text)
    unit = match.group(2).lower() if match else None
    if match is not None and unit in units:
        number = float(match.group(1))
        if number > 0 or (number == 0 and may_be_zero):
            return number * units[unit]
    raise QuantityError(f"{text!r} is not {what}; write it like {example}")


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


def parse_dollars(text: str) -> float:
    """Read an amount of money; zero is one.

    Raises:
        QuantityError: It is none.
    """
    what = "an amount of money in US dollars"
    return _parse(text, DOLLARS_PER_UNIT, what, "2USD or 0.50", may_be_zero=True)


def parse_count(text: str) -> int:
    """Read a number of things; zero is one.

    Raises:
        QuantityError: It is none.
    """
    what = "a number"
    return round(_parse(text, COUNT_PER_UNIT, what, "50, 200k or 1M", may_be_zero=True))
