"""Deal rows to parts of given shares, alike in every stratum, bundles staying whole.

A bundle is a set of rows that must not be parted (a group, exact duplicates). The rule is
Webster's for seats: the next row of a stratum goes to the part that lags most behind its
share of that stratum.
"""

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def bundle_rows(rows: int, *ties: npt.NDArray[np.generic] | None) -> Integers:
    """Join rows that share an id under any of the given assignments.

    Args:
        rows: Number of rows.
        ties: Assignments of an id to every row; None is passed over.

    Returns:
        One bundle id per row, dense from 0.
    """
    bundles = np.arange(rows)
    codes = [np.unique(ids, return_inverse=True)[1] for ids in ties if ids is not None]
    is_settled = False
    while not is_settled:
        before = bundles
        for code in codes:
            lowest = np.full(code.max() + 1, rows)
            np.minimum.at(lowest, code, bundles)
            # Following the lowest row's own bundle halves long chains of ties.
            bundles = bundles[lowest[code]]
        is_settled = np.array_equal(bundles, before)
    return np.unique(bundles, return_inverse=True)[1]


def deal(
    strata: Integers, bundles: Integers, shares: Floats, random: np.random.Generator
) -> Integers:
    """Deal rows to parts.

    Args:
        strata: Stratum of each row, dense from 0; within a stratum, rows are told apart
            by chance only.
        bundles: Bundle of each row, dense from 0.
        shares: Share of the rows that each part is to get; they sum to one.
        random: Source of chance.

    Returns:
        The part of each row.
    """
    sizes = np.bincount(bundles)
    held = np.zeros((len(shares), int(strata.max()) + 1))
    part_of_bundle = np.full(len(sizes), -1)
    _deal_large(strata, bundles, shares, random, held, part_of_bundle)
    singles = random.permutation(np.flatnonzero(sizes[bundles] == 1))
    singles = singles[np.argsort(strata[singles], kind="stable")]
    for rows in np.split(singles, np.flatnonzero(np.diff(strata[singles])) + 1):
        if rows.size:
            parts = _fill(held, int(strata[rows[0]]), rows.size, shares)
            part_of_bundle[bundles[rows]] = parts
    return part_of_bundle[bundles]


def _deal_large(
    strata: Integers,
    bundles: Integers,
    shares: Floats,
    random: np.random.Generator,
    held: Floats,
    part_of_bundle: Integers,
) -> None:
    """Large bundles first, each to the part that has least of what it brings."""
    sizes = np.bincount(bundles)
    large = random.permutation(np.flatnonzero(sizes > 1))
    large = large[np.argsort(-sizes[large], kind="stable")]
    order = np.argsort(bundles, kind="stable")
    starts = np.cumsum(sizes) - sizes
    totals = np.bincount(strata, minlength=held.shape[1])
    for bundle in large:
        rows = order[starts[bundle] : starts[bundle] + sizes[bundle]]
        brought = np.bincount(strata[rows], minlength=held.shape[1])
        lag = ((held + brought / 2) @ (brought / totals)) / shares
        fullness = (held.sum(axis=1) + sizes[bundle] / 2) / shares
        part = np.lexsort((fullness, np.round(lag, 9)))[0]
        held[part] += brought
        part_of_bundle[bundle] = part


def _fill(held: Floats, stratum: int, count: int, shares: Floats) -> Integers:
    """Parts of `count` single rows of one stratum; `held` is kept up to date."""
    seats = (held[:, stratum, None] + np.arange(count) + 0.5) / shares[:, None]
    fullness = np.broadcast_to((held.sum(axis=1) / shares)[:, None], seats.shape)
    order = np.lexsort((fullness.ravel(), np.round(seats, 9).ravel()))[:count]
    parts = order // count
    held[:, stratum] += np.bincount(parts, minlength=len(shares))
    return parts
