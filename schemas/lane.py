"""Lanes: in a hybrid run the expert works as if alone, and a model's ideas come beside it."""

from typing import Literal

Lane = Literal["main", "added"]
"""`main` is the only one unless a run is hybrid; there, `added` is what is tried beside it."""
