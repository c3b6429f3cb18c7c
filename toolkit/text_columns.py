"""All text columns of a table as numbers, side by side."""

from collections.abc import Sequence

import pandas as pd

from toolkit.arrays import Floats
from toolkit.columns import side_by_side
from toolkit.text_encoder import TextEncoder


class TextColumns:
    """One `TextEncoder` for each text column."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit_transform(
        self, X: pd.DataFrame, names: Sequence[str], targets: Floats | None = None
    ) -> Floats:
        """Learn the encodings and encode the training rows.

        Args:
            X: Training rows.
            names: Columns of text.
            targets: Columns to score texts by, shape (rows, columns), or None.

        Returns:
            Array of shape (rows, encoded columns).
        """
        self.encoders = {name: TextEncoder(self.seed) for name in names}
        blocks = [
            e.fit_transform(X[name], targets) for name, e in self.encoders.items()
        ]
        return side_by_side(blocks, len(X))

    def transform(self, X: pd.DataFrame) -> Floats:
        """Encode later rows, shape (rows, encoded columns)."""
        blocks = [e.transform(X[name]) for name, e in self.encoders.items()]
        return side_by_side(blocks, len(X))
