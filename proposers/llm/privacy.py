"""Which columns look as if their cells were about persons, or are too many to be told."""

import re
from collections.abc import Iterable

from schemas.table import ColumnKind, ColumnProfile

WITHHELD = "withheld"
"""Stands in a prompt for a cell that is not shown."""

_TOO_MANY_KINDS = frozenset(
    {ColumnKind.HIGH_CARDINALITY, ColumnKind.TEXT, ColumnKind.IDENTIFIER}
)
_PERSONAL_WORDS = frozenset(
    word
    for line in (
        "name names surname firstname lastname fullname nickname username login alias",
        "email mail phone telephone tel mobile fax contact",
        "address addr street city zip zipcode postcode postal plz",
        "ssn passport iban bic taxid license licence plate",
        "birth birthday birthdate dob born ip mac imei url website",
        "latitude longitude lat lon lng gps coordinates geo",
    )
    for word in line.split()
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_PERSONAL_VALUE = re.compile(
    r"""
    [^\s@]+@[^\s@]+\.[a-z]{2,}               # an e-mail address
    | https?://\S+ | www\.\S+                # an address of a page
    | \+?\d[\d\s()./-]{7,}\d                 # a telephone, card or account number
    | [A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,}.*  # an IBAN
    | \d{1,3}(?:\.\d{1,3}){3}                # an IP address
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?")


def is_withheld(column: ColumnProfile, values: Iterable[object] = ()) -> bool:
    """Whether no cell of a column may be shown.

    Args:
        column: The column.
        values: Cells that could be shown; one that looks like an address or the number of
            something personal is enough.
    """
    if column.kind in _TOO_MANY_KINDS or names_person(column.name):
        return True
    return any(map(looks_personal, (*column.common_levels, *values)))


def names_person(name: str) -> bool:
    """Whether a column's name says that it holds names, addresses or the like."""
    return any(word.lower() in _PERSONAL_WORDS for word in _WORD.findall(name))


def looks_personal(value: object) -> bool:
    """Whether a cell looks like an address or the number of something personal."""
    if not isinstance(value, str):
        return False
    text = value.strip()
    if _DATE.fullmatch(text):
        return False
    return _PERSONAL_VALUE.fullmatch(text) is not None
