"""Class labels of any kind, and the texts that the engine knows them by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Labels:
    """The classes of a classifier.

    Attributes:
        classes: Distinct labels, sorted.
        texts: What each is called in the engine; distinct.
    """

    classes: Array
    texts: tuple[str, ...]

    @classmethod
    def of(cls, y: Array) -> Self:
        """Find the classes of a target."""
        classes = np.unique(y)
        texts = tuple(_text(label) for label in classes.tolist())
        if len(set(texts)) < len(texts) or not all(text.strip() for text in texts):
            texts = tuple(f"class {number}" for number in range(len(texts)))
        return cls(classes, texts)

    def as_texts(self, y: Array) -> list[str]:
        """Each row's label as the engine is told it."""
        return [self.texts[code] for code in np.searchsorted(self.classes, y)]

    def in_order(self, values: Floats, names: Sequence[str]) -> Floats:
        """Bring probabilities into the order of `classes`; an unknown class gets 0.

        Args:
            values: Shape (rows, names).
            names: What each column stands for.
        """
        ordered = np.zeros((len(values), len(self.texts)))
        for column, name in enumerate(names):
            ordered[:, self.texts.index(name)] = values[:, column]
        return ordered


def _text(label: object) -> str:
    if isinstance(label, float):
        return str(int(label)) if label.is_integer() else repr(label)
    return str(label)
