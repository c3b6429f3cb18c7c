"""Which names that came out of a worker may be told to a proposer.

Code may name an exception or a column after anything that it has seen, labels of scored
rows too. What may be told is what its author or the table's owner knew before.
"""

import builtins
import re
from collections import Counter
from collections.abc import Collection

NAMELESS_EXCEPTION = "Exception"

_LIBRARY_EXCEPTIONS = frozenset(
    """
    ArrowInvalid ArrowKeyError ArrowNotImplementedError ArrowTypeError AxisError
    CatBoostError ComplexWarning ConvergenceWarning DTypePromotionError
    DataConversionWarning DataDimensionalityWarning DateParseError DuplicateLabelError
    EmptyDataError FitFailedWarning IncompatibleFrequency IndexingError
    InconsistentVersionWarning IntCastingNaNError InvalidIndexError InvalidParameterError
    LightGBMError LinAlgError LinAlgWarning LossySetitemError MergeError NotFittedError
    NullFrequencyError OptionError OutOfBoundsDatetime OutOfBoundsTimedelta
    ParserError PerformanceWarning PicklingError QhullError RankWarning
    SettingWithCopyError SpecificationError TooHardError UFuncTypeError
    UndefinedMetricWarning UndefinedVariableError UnpicklingError UnsortedIndexError
    UnsupportedFunctionCall ValueLabelTypeMismatch _ArrayMemoryError
    _UFuncBinaryResolutionError _UFuncInputCastingError _UFuncNoLoopError
    _UFuncOutputCastingError
    """.split()  # noqa: SIM905 - as a list it would fill a page
)
# What our own blocks call the columns that they make of others.
_COLUMN_WORDS = frozenset(
    """
    again by capitals centre characters class day days digits distance distinct end from
    in links mean minute month new number of per quarter rows sentences share signs target
    to week weekend word words year
    """.split()  # noqa: SIM905 - likewise
)
_WORD = re.compile(r"\w+")
_PIECE = re.compile(r"[^\W\d_]+|\d+")
_LONG_SIGNS = re.compile(r"(?:[^\w\s]\s*){5,}")
_MOST_PIECES = 12
_MOST_OCCURRENCES = 3
_MOST_OWN_DIGITS = 2


def tellable_exception(name: str, source: str) -> str:
    """Return the name of an exception's type, or `Exception` if it could tell of rows.

    Args:
        name: What code raised.
        source: The source of that code.
    """
    known = getattr(builtins, name, None)
    is_builtin = isinstance(known, type) and issubclass(known, BaseException)
    if is_builtin or name in _LIBRARY_EXCEPTIONS or name in _WORD.findall(source):
        return name
    return NAMELESS_EXCEPTION


def is_tellable_column(
    name: str, source: str, names: Collection[str], levels: Collection[str] = ()
) -> bool:
    """Say whether the name of a new column is made of what its author knew.

    Args:
        name: The name.
        source: The source of the program that made the column.
        names: Names of the table's columns.
        levels: Levels of the table's categories.

    Returns:
        Whether it stands in the source or the table, or is put together from a few words of
        them, each of which comes a few times at most; one short number may stand among them.
    """
    if name in names or repr(name) in source or f'"{name}"' in source:
        return True
    rest, used = _without_names(name, names)
    pieces = _PIECE.findall(rest)
    texts = (source, *names, *levels)
    known = _COLUMN_WORDS | {piece for text in texts for piece in _PIECE.findall(text)}
    known |= {piece.lower() for piece in known}
    own = [piece for piece in pieces if piece not in known]
    counted = Counter(used) + Counter(pieces)
    return (
        counted.total() <= _MOST_PIECES
        and max(counted.values(), default=0) <= _MOST_OCCURRENCES
        and not _LONG_SIGNS.search(rest)
        and (not own or (len(own) == 1 and _is_short_number(own[0])))
    )


def _without_names(name: str, names: Collection[str]) -> tuple[str, list[str]]:
    """Take the table's own names out of a name, the longest first."""
    used = []
    for known in sorted(names, key=len, reverse=True):
        pattern = rf"(?<!\w){re.escape(known)}(?!\w)"
        name, count = re.subn(pattern, " ", name)
        used += [known] * count
    return name, used


def _is_short_number(piece: str) -> bool:
    return piece.isdecimal() and len(piece) <= _MOST_OWN_DIGITS
