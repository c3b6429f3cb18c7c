"""Predict with the model in this folder; no other part of sage-loop is needed.

    python predict.py TABLE --out FILE      writes one row of predictions for each row
    python predict.py --self-test           repeats predictions of the run that made it

In Python, `from predict import predict` (with this folder on the path) gives a function
from a DataFrame to a DataFrame. The members' sources lie in `members/`; read `model_card.md`
before you trust the predictions.
"""

import sys
from functools import cache
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

from exported.command import main  # noqa: E402 - found in this folder
from exported.model import ExportedModel, load_model  # noqa: E402 - likewise


@cache
def model(*, trust_code: bool = False) -> ExportedModel:
    """Load the model; a second call returns the same.

    Args:
        trust_code: Load members that were exported as pickles, which run code.
    """
    return load_model(HERE, trust_code=trust_code)


def predict(table: pd.DataFrame) -> pd.DataFrame:
    """Predict rows.

    Args:
        table: At least the columns that were learned from; more are passed over.

    Returns:
        One row per row: `prediction`, and `proba_<class>` for each class.

    Raises:
        TableError: A column is missing, or holds nothing of its kind.
    """
    return model().predict(table)


if __name__ == "__main__":
    sys.exit(main(HERE))
