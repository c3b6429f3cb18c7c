"""How the rows of a later table differ from those that were learned from.

Exported predictors run this very file, so it imports no schemas at run time.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from tabular.typed_columns import CATEGORIES

if TYPE_CHECKING:
    from schemas.table import ColumnSchema, TableSchema

_REASONS = {
    "numeric": "are no numbers",
    "boolean": "are neither yes nor no",
    "datetime": "are no dates",
    "duration": "are no durations",
}


def differences(
    raw: pd.DataFrame, typed: pd.DataFrame, schema: "TableSchema"
) -> tuple[str, ...]:
    """Say which values could not be taken as they are.

    Args:
        raw: A table as it was read.
        typed: The same rows under the schema.
        schema: How each column is understood.

    Returns:
        One sentence per column with values that count as missing.
    """
    return tuple(_differences(raw, typed, schema))


def _differences(
    raw: pd.DataFrame, typed: pd.DataFrame, schema: "TableSchema"
) -> Iterator[str]:
    for column in schema.columns:
        is_lost = typed[column.name].isna() & raw[column.name].notna()
        if is_lost.any():
            example = str(raw[column.name][is_lost].iloc[0])
            yield (
                f"{int(is_lost.sum())} of {len(raw)} values of {column.name!r} "
                f"{_reason(column)} and count as missing, like {example[:40]!r}."
            )


def _reason(column: "ColumnSchema") -> str:
    if column.kind in CATEGORIES:
        return "are categories that were not learned from"
    return _REASONS.get(column.kind, f"are not {column.kind}")
