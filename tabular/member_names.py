"""Names of the columns that a stacker gets from each member."""

_BINARY_COLUMNS = 2


def member_columns(member: int, columns: int) -> tuple[str, ...]:
    """Names of a member's columns.

    Args:
        member: Its place, from 0.
        columns: Columns of its predictions: classes, or 1.

    Returns:
        `m0` for a value or the probability of the positive class; else `m0_0`, `m0_1`, ...
        for the probability of each class.
    """
    if columns <= _BINARY_COLUMNS:
        return (f"m{member}",)
    return tuple(f"m{member}_{code}" for code in range(columns))
