"""Profiles: what sets a cluster apart, in words and numbers."""

import numpy as np
import pandas as pd

from tabular.clusters.profile import describe_clusters


def table() -> pd.DataFrame:
    high = np.arange(100) >= 60
    return pd.DataFrame(
        {
            "same": np.tile([1.0, 2.0], 50),
            "size": np.where(high, 9.0, 1.0),
            "colour": pd.Categorical(np.where(high, "red", "blue")),
            "note": pd.Series(["text"] * 100, dtype="str"),
            "holes": np.where(np.arange(100) % 2, np.nan, 3.0),
        }
    )


def test_columns_that_differ_are_named_and_others_are_not() -> None:
    labels = (np.arange(100) >= 60).astype(np.int64)

    small, large = describe_clusters(table(), labels, np.ones(100), {0: 1.0, 1: 0.5})

    assert (small.rows, large.rows) == (60, 40)
    assert (small.share, large.stability) == (0.6, 0.5)
    assert {contrast.column for contrast in large.contrasts} == {"size", "colour"}
    assert "very high size (9, all rows 4.2)" in large.words
    assert "colour more often 'red' (100%, all rows 40%)" in large.words
    assert "low size" in small.words


def test_noise_is_described_as_well_and_a_dull_cluster_says_so() -> None:
    labels = np.where(np.arange(100) % 10 == 0, -1, 0)

    noise, rest = describe_clusters(table(), labels, np.full(100, 0.25), {})

    assert (noise.cluster, noise.rows, noise.stability) == (-1, 10, None)
    assert rest.words == "much like all rows together"
    assert rest.confidence == 0.25
