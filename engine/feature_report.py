"""Puts together what was made of new columns: measures, faults, and names that may be told."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bus.effects import Outcome
from executors.outcome import JobSuccess
from schemas.envelope import Cost
from schemas.inputs import FeatureFinished
from schemas.jobs import ColumnJudgement, FeatureReport, JobUsage

LEAST_FINITE_SHARE = 0.05


def total_usage(first: JobUsage, second: JobUsage) -> JobUsage:
    """What two processes took, one after the other."""
    return JobUsage(
        seconds=first.seconds + second.seconds,
        cpu_seconds=first.cpu_seconds + second.cpu_seconds,
        peak_bytes=max(first.peak_bytes, second.peak_bytes),
    )


def report_of(
    made: JobSuccess,
    measures: NDArray[np.float64],
    untold: Sequence[str | None],
    old: Sequence[str],
    usage: JobUsage,
) -> Outcome:
    """Put columns, measures and faults together.

    Args:
        made: The new columns.
        measures: A row for each of them, see `toolkit.usefulness.judge`.
        untold: Why their names may not be told, or None; such a column gets a number for a
            name.
        old: Names of the table's columns, in order.
        usage: What all of this took.
    """
    names = [
        name if why is None else f"column {place}"
        for place, (name, why) in enumerate(zip(made.names, untold, strict=True), 1)
    ]
    twins = twin_faults(measures[:, 3], [*old, *names])
    own = column_faults(made.values)
    faults = [
        why or fault or twin
        for why, fault, twin in zip(untold, own, twins, strict=True)
    ]
    judgements = tuple(
        ColumnJudgement(
            name=name,
            importance=float(numbers[0]),
            shadow_importance=float(numbers[1]),
            statistic=float(numbers[2]),
            fault=fault,
        )
        for name, numbers, fault in zip(names, measures, faults, strict=True)
    )
    report = FeatureReport(judgements=judgements, usage=usage)
    cost = Cost(cpu_seconds=usage.cpu_seconds, peak_bytes=usage.peak_bytes)
    return Outcome(FeatureFinished(report=report), cost)


def twin_faults(twins: NDArray[np.float64], names: Sequence[str]) -> list[str | None]:
    """Say whom each new column repeats.

    Args:
        twins: Position among all columns, old ones first; -1 for nobody.
        names: Names of all columns.
    """
    return [
        f"duplicate of {names[int(twin)]!r}" if 0 <= twin < len(names) else None
        for twin in twins
    ]


def column_faults(values: NDArray[np.float64]) -> list[str | None]:
    """Why a new column is of no use whatever the target, or None, per column.

    Args:
        values: Shape (rows, columns); missing and infinite values are NaN.
    """
    frame = pd.DataFrame(values)
    is_scarce = frame.notna().mean() < LEAST_FINITE_SHARE
    is_constant = frame.nunique() <= 1
    faults: list[str | None] = []
    for column in range(values.shape[1]):
        if is_scarce[column]:
            faults.append("hardly ever a finite number")
        elif is_constant[column]:
            faults.append("constant")
        else:
            faults.append(None)
    return faults
