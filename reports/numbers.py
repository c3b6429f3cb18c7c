"""How numbers are written for people."""

import math

_SECONDS_PER_MINUTE = 60
_MINUTES_PER_HOUR = 60
_BYTES_PER_UNIT = 1024
_MISSING = "-"
_SMALL = 0.001


def score_text(score: float | None) -> str:
    """Write a score with four decimals, or with five digits if it is small or above one."""
    if score is None or not math.isfinite(score):
        return _MISSING
    has_decimals = score == 0 or _SMALL <= abs(score) <= 1
    return f"{score:.4f}" if has_decimals else f"{score:.5g}"


def score_with_error(score: float | None, standard_error: float | None) -> str:
    """Write a score with its standard error, where there is one."""
    if score is None or not standard_error or not math.isfinite(standard_error):
        return score_text(score)
    return f"{score_text(score)} +- {standard_error:.2g}"


def seconds_text(seconds: float) -> str:
    """Write a span of time: `8.4s`, `2m 05s`, `1h 03m`."""
    if seconds < _SECONDS_PER_MINUTE:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(int(seconds), _SECONDS_PER_MINUTE)
    if minutes < _MINUTES_PER_HOUR:
        return f"{minutes}m {rest:02d}s"
    hours, minutes = divmod(minutes, _MINUTES_PER_HOUR)
    return f"{hours}h {minutes:02d}m"


def bytes_text(size: int) -> str:
    """Write an amount of memory in binary units."""
    value = float(size)
    for unit in ("B", "KiB", "MiB"):
        if value < _BYTES_PER_UNIT:
            return f"{value:.0f} {unit}"
        value /= _BYTES_PER_UNIT
    return f"{value:.1f} GiB"
