"""Level-2 learners: small models over what candidates said of rows they had not seen."""

from proposers.expert.entry import Entry
from schemas.asks import StackerAsk

FEWEST_TREE_ROWS = 1_000
MOST_TREE_COLUMNS = 60


def stacker_entry(ask: StackerAsk) -> Entry:
    """Small trees where rows are many and columns few, else a strongly penalised line."""
    columns = sum(len(member.columns) for member in ask.members)
    if ask.row_count >= FEWEST_TREE_ROWS and columns <= MOST_TREE_COLUMNS:
        return Entry(
            "lightgbm",
            "Stacker: LightGBM, 8 leaves",
            {
                "num_leaves": 8,
                "learning_rate": 0.05,
                "rounds": 300,
                "patience": 30,
                "min_data_in_leaf": 20,
                "lambda_l2": 10.0,
                "feature_fraction": 0.7,
            },
        )
    return Entry(
        "linear",
        "Stacker: linear model, strong penalty chosen",
        {"penalties": (1.0, 10.0, 100.0, 1000.0)},
    )
