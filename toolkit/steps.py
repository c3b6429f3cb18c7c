"""Blocks of new columns one after the other: each may build on those before it."""

from collections.abc import Sequence
from typing import Protocol, Self

import pandas as pd


class Block(Protocol):
    """Makes new columns."""

    def fit(self, X: pd.DataFrame, y: object = None) -> object:
        """Learn from training rows."""

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return new columns only."""


class Steps:
    """Gives each block the table with the columns of all blocks before it.

    Args:
        blocks: In order; the columns of the last one come out.
    """

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.earlier = list(blocks[:-1])
        self.last = blocks[-1]

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Fit the blocks one after the other."""
        for block in self.earlier:
            block.fit(X, y)
            X = _widened(X, block)
        self.last.fit(X, y)
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return the columns of the last block."""
        for block in self.earlier:
            X = _widened(X, block)
        return self.last.transform(X)


def _widened(table: pd.DataFrame, block: Block) -> pd.DataFrame:
    made = block.transform(table)
    new = made[[name for name in made.columns if name not in table.columns]]
    return pd.concat([table, new], axis=1)
