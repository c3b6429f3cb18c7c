"""Describes each cluster in words and numbers: what sets it apart from all rows."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from schemas.clusters import ClusterProfile, ColumnContrast

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LEAST_EFFECT = 0.3
"""A column within this many standard deviations of the mean of all sets nothing apart."""
CLEAR_EFFECT = 1.0
MOST_CONTRASTS = 8
NAMED_CONTRASTS = 3
_DIGITS = 6


def describe_clusters(
    frame: pd.DataFrame,
    labels: Integers,
    confidence: Floats,
    stability: Mapping[int, float],
) -> tuple[ClusterProfile, ...]:
    """Describe the clusters of a table, by their labels; noise (-1) comes first.

    Args:
        frame: Columns as `apply_schema` returns them.
        labels: Cluster of each row.
        confidence: Of each row, 0 to 1.
        stability: Per label, 0 to 1; empty if it was not measured.
    """
    return tuple(
        _describe(frame, int(label), labels == label, confidence, stability)
        for label in np.unique(labels)
    )


def _describe(
    frame: pd.DataFrame,
    label: int,
    inside: npt.NDArray[np.bool_],
    confidence: Floats,
    stability: Mapping[int, float],
) -> ClusterProfile:
    found = [_contrast(frame[name], str(name), inside) for name in frame.columns]
    known = [contrast for contrast in found if contrast is not None]
    known.sort(key=lambda contrast: (-abs(contrast.effect), contrast.column))
    strongest = tuple(c for c in known[:MOST_CONTRASTS] if abs(c.effect) > LEAST_EFFECT)
    return ClusterProfile(
        cluster=label,
        rows=int(inside.sum()),
        share=round(float(inside.mean()), _DIGITS),
        confidence=round(float(confidence[inside].mean()), _DIGITS),
        stability=None if label not in stability else round(stability[label], _DIGITS),
        words=_sentence(strongest),
        contrasts=strongest,
    )


def _contrast(
    column: pd.Series, name: str, inside: npt.NDArray[np.bool_]
) -> ColumnContrast | None:
    """How a column differs inside; None where it has no numbers and no levels."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _level_contrast(column, name, inside)
    if isinstance(column.dtype, pd.StringDtype) or pd.api.types.is_datetime64_any_dtype(
        column.dtype
    ):
        return None
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(values)
    if not (known & inside).any() or values[known].std() == 0:
        return None
    overall, own = values[known].mean(), values[known & inside].mean()
    return ColumnContrast(
        column=name,
        inside=_rounded(own),
        overall=_rounded(overall),
        effect=_rounded((own - overall) / values[known].std()),
    )


def _level_contrast(
    column: pd.Series, name: str, inside: npt.NDArray[np.bool_]
) -> ColumnContrast | None:
    """The level whose share differs most."""
    codes = column.cat.codes.to_numpy()
    known = codes >= 0
    levels = len(column.cat.categories)
    if not (known & inside).any() or not levels:
        return None
    overall = np.bincount(codes[known], minlength=levels) / known.sum()
    own = np.bincount(codes[known & inside], minlength=levels) / (known & inside).sum()
    spread = np.sqrt(overall * (1 - overall))
    effects = np.divide(own - overall, spread, out=np.zeros(levels), where=spread > 0)
    # Of two levels that mirror each other, the one that is there says more.
    level = int(np.lexsort((-effects, -np.round(np.abs(effects), _DIGITS)))[0])
    return ColumnContrast(
        column=name,
        inside=_rounded(own[level]),
        overall=_rounded(overall[level]),
        effect=_rounded(effects[level]),
        level=str(column.cat.categories[level]),
    )


def _sentence(contrasts: tuple[ColumnContrast, ...]) -> str:
    if not contrasts:
        return "much like all rows together"
    return "; ".join(_phrase(contrast) for contrast in contrasts[:NAMED_CONTRASTS])


def _phrase(contrast: ColumnContrast) -> str:
    inside, overall = contrast.inside, contrast.overall
    if contrast.level is not None:
        side = "more" if contrast.effect > 0 else "less"
        return (
            f"{contrast.column} {side} often {contrast.level!r} "
            f"({inside:.0%}, all rows {overall:.0%})"
        )
    side = "high" if contrast.effect > 0 else "low"
    very = "very " if abs(contrast.effect) > CLEAR_EFFECT else ""
    return f"{very}{side} {contrast.column} ({inside:.4g}, all rows {overall:.4g})"


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
