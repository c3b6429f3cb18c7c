"""How far a clustering agrees with known classes, looked at once, at a run's end."""

import numpy as np
import numpy.typing as npt
import scipy

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def matched_scores(truth: Integers, labels: Integers) -> dict[str, float]:
    """Compare a clustering with known classes.

    Args:
        truth: Class code of each row; rows with -1 are left out.
        labels: Cluster of each row; noise (-1) counts as a cluster, but matches no class.

    Returns:
        `ari` (Hubert and Arabie 1985), `nmi`, `ami` (Vinh et al. 2010), `v_measure`
        (Rosenberg and Hirschberg 2007, equal to nmi) and `accuracy` under the best
        one-to-one matching of clusters to classes.
    """
    is_known = truth >= 0
    table = _contingency(truth[is_known], labels[is_known])
    nmi = _normalised(_mutual_information(table), 0.0, table)
    return {
        "ari": _adjusted_rand(table),
        "nmi": nmi,
        "ami": _normalised(
            _mutual_information(table), _expected_mutual_information(table), table
        ),
        "v_measure": nmi,
        "accuracy": _matched_accuracy(truth[is_known], labels[is_known]),
    }


def _contingency(truth: Integers, labels: Integers) -> Floats:
    """Rows by class (rows of the table) and cluster (columns)."""
    classes, true = np.unique(truth, return_inverse=True)
    clusters, said = np.unique(labels, return_inverse=True)
    cells = np.bincount(
        true * len(clusters) + said, minlength=len(classes) * len(clusters)
    )
    return cells.reshape(len(classes), len(clusters)).astype(np.float64)


def _matched_accuracy(truth: Integers, labels: Integers) -> float:
    is_clustered = labels >= 0
    if not is_clustered.any():
        return 0.0
    table = _contingency(truth[is_clustered], labels[is_clustered])
    rows, columns = scipy.optimize.linear_sum_assignment(table, maximize=True)
    return float(table[rows, columns].sum() / len(truth))


def adjusted_rand(first: Integers, second: Integers) -> float:
    """Agreement of two partitions beyond chance (Hubert and Arabie 1985), at most 1."""
    return _adjusted_rand(_contingency(first, second))


def _adjusted_rand(table: Floats) -> float:
    def pairs(counts: Floats) -> float:
        return float((counts * (counts - 1) / 2).sum())

    both = pairs(table)
    of_class, of_cluster = pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    total = pairs(table.sum(keepdims=True))
    expected = of_class * of_cluster / total if total else 0.0
    most = (of_class + of_cluster) / 2
    return (both - expected) / (most - expected) if most != expected else 1.0


def _entropy(counts: Floats) -> float:
    share = counts[counts > 0] / counts.sum()
    return -float(share @ np.log(share))


def _mutual_information(table: Floats) -> float:
    joint = _entropy(table.ravel())
    return _entropy(table.sum(axis=1)) + _entropy(table.sum(axis=0)) - joint


def _normalised(information: float, chance: float, table: Floats) -> float:
    """Information beyond chance, as a share of the mean entropy beyond chance."""
    if min(table.shape) == 1:
        return float(max(table.shape) == 1)
    mean = (_entropy(table.sum(axis=1)) + _entropy(table.sum(axis=0))) / 2
    return (information - chance) / (mean - chance) if mean != chance else 1.0


def _expected_mutual_information(table: Floats) -> float:
    """Mean mutual information of random clusterings with the same sizes (Vinh 2010)."""
    gammaln = scipy.special.gammaln
    total = float(table.sum())
    expected = 0.0
    for size in table.sum(axis=1):
        for other in table.sum(axis=0):
            fewest = max(1.0, size + other - total)
            joint = np.arange(fewest, min(size, other) + 1)
            log_chance = (
                gammaln(size + 1)
                + gammaln(other + 1)
                + gammaln(total - size + 1)
                + gammaln(total - other + 1)
                - gammaln(total + 1)
                - gammaln(joint + 1)
                - gammaln(size - joint + 1)
                - gammaln(other - joint + 1)
                - gammaln(total - size - other + joint + 1)
            )
            information = joint / total * np.log(total * joint / (size * other))
            expected += float(information @ np.exp(log_chance))
    return expected
