"""An exported model: typed columns, members, and how they are combined."""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exported.member import ExportedMember, load_member
from tabular.applying import apply_combination, apply_consensus
from tabular.differences import differences
from tabular.member_table import member_table
from tabular.prediction_table import prediction_table
from tabular.typed_columns import apply_schema

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ExportedModel:
    """A model as it lies in its folder.

    Attributes:
        task: Kind, target and labels of classes.
        table_schema: How columns are understood.
        combination: How the members' predictions become one.
        members: In the order that the combination refers to.
        stacker: What takes the members' predictions, if they are combined by one.
    """

    task: Any
    table_schema: Any
    combination: Any
    members: tuple[ExportedMember, ...]
    stacker: ExportedMember | None

    def predict(self, table: pd.DataFrame) -> pd.DataFrame:
        """Predict rows; values that cannot be taken as they are are told as warnings.

        Args:
            table: At least the columns that were learned from, in any order.

        Returns:
            One row per row, same index: `prediction`, and `proba_<class>` for each class.

        Raises:
            TableError: A column is missing, or holds nothing of its kind.
        """
        frame = apply_schema(table, self.table_schema)
        for line in differences(table, frame, self.table_schema):
            warnings.warn(line, stacklevel=2)
        values = self.predict_values(frame.reset_index(drop=True))
        return prediction_table(self.task, values).set_axis(table.index)

    def predict_values(self, frame: pd.DataFrame) -> Floats:
        """Predict typed rows.

        Returns:
            Probabilities (rows, classes), or values or labels (rows, 1).
        """
        if not self.members:
            # One cluster: no structure was found, and every row is in it.
            return np.zeros((len(frame), 1))
        kind = str(self.task.kind)
        stacked = np.stack([member.predict(frame, kind) for member in self.members])
        if self.stacker is not None:
            return self.stacker.predict(member_table(stacked), kind)
        if self.combination.kind == "consensus":
            labels = stacked[:, :, 0].astype(np.int64)
            return apply_consensus(self.combination, labels).labels.astype(float)[
                :, None
            ]
        return apply_combination(self.combination, stacked)


def load_model(folder: Path, *, trust_code: bool = False) -> ExportedModel:
    """Load the model of an exported folder.

    Args:
        folder: Where `model.json` lies.
        trust_code: Load members that are pickles, which run code.

    Raises:
        UntrustedCode: A member is a pickle, and its code is not trusted.
    """
    text = (folder / "model.json").read_text(encoding="utf-8")
    told = json.loads(text, object_hook=lambda found: SimpleNamespace(**found))
    members = folder / "members"
    stacker = None
    if told.stacker is not None:
        stacker = load_member(members / told.stacker, trust_code=trust_code)
    return ExportedModel(
        task=told.task,
        table_schema=told.table_schema,
        combination=told.combination,
        members=tuple(
            load_member(members / name, trust_code=trust_code) for name in told.members
        ),
        stacker=stacker,
    )
