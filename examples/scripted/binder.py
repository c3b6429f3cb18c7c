"""What engineers of concrete look at: water to all that binds, and how the age counts."""

import numpy as np
import pandas as pd


class Features:
    needs_y = False

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        binder = X["cement"] + X["slag"] + X["flyash"]
        aggregate = X["coarseaggregate"] + X["fineaggregate"]
        return pd.DataFrame(
            {
                "water_to_binder": X["water"] / binder,
                "age_by_water_to_binder": np.log1p(X["age"]) * binder / X["water"],
                "aggregate_to_binder": aggregate / binder,
            },
            index=X.index,
        )
