"""What the comment lines at the top of a written source say, checked and cut."""

import re

from schemas.jobs import Failure

UNKNOWN_FAMILY = "llm"
LINE_LIMIT_CHARACTERS = 120
_FAMILY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def read_family(headers: dict[str, str], default: str = UNKNOWN_FAMILY) -> str:
    """The family that a source names for itself, or a default."""
    family = headers.get("family", "").lower()
    return family if _FAMILY.fullmatch(family) else default


def read_name(headers: dict[str, str], default: str) -> str:
    """The name that a feature program gives itself, or a default."""
    name = headers.get("name", "").lower().replace(" ", "-")
    return name if _NAME.fullmatch(name) else default


def read_line(headers: dict[str, str], key: str, default: str) -> str:
    """One line of a header, cut to what reports can show."""
    return headers.get(key, default)[:LINE_LIMIT_CHARACTERS]


def name_failure(failure: Failure) -> str:
    """A failure in a few words."""
    return f"{failure.exception or failure.kind} in {failure.stage}"
