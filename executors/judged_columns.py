"""Makes the new columns that are to be judged (in the worker).

A column that was made from targets must not be judged on the rows of these targets: even
cross-fitted, it tells a model that knows the groups what the row's own part was like.
"""

import pandas as pd
from sklearn.model_selection import train_test_split

from executors.applied_views import Features, apply_views, isolated, new_columns
from executors.errors import ContractError
from executors.program import WorkerProgram
from executors.steadiness import check_steady_features
from executors.views import NO_TARGET, fit_features, fit_views, load_features

FITTED_SHARE = 0.5


def load_programs(program: WorkerProgram) -> list[type[Features]]:
    """Load the one program, or those of a view.

    Raises:
        ContractError: One defines no class `Features`.
    """
    sources = [view.source for view in program.view] or [program.source]
    return [load_features(number, source) for number, source in enumerate(sources)]


def columns_to_judge(
    program: WorkerProgram,
    kinds: list[type[Features]],
    train: pd.DataFrame,
    target: "pd.Series[float] | None",
) -> pd.DataFrame:
    """Return the columns of one program, or the chosen columns of those of a view.

    Args:
        program: What to make.
        kinds: Its programs.
        train: Training rows.
        target: Their targets, None for clustering.

    Returns:
        A column of floats for each new column. Where a program looks at targets, it is
        fitted on half of the rows; these have no values then, in any column.

    Raises:
        ContractError: A program broke its contract.
    """
    seed = program.spec.seed
    if not any(getattr(kind, "needs_y", False) for kind in kinds):
        made = _made(program, kinds[0], train, train, None)
    elif target is None:
        raise ContractError(NO_TARGET)
    else:
        inside, outside = train_test_split(
            range(len(train)), train_size=FITTED_SHARE, random_state=seed
        )
        rows = train.iloc[sorted(inside)].reset_index(drop=True)
        known = target.iloc[sorted(inside)].reset_index(drop=True)
        made = _made(program, kinds[0], rows, train.iloc[sorted(outside)], known)
        made = made.reindex(train.index)
    if not program.view:
        check_steady_features(kinds[0], train, target, seed)
    return made


def _made(
    program: WorkerProgram,
    kind: type[Features],
    train: pd.DataFrame,
    rows: pd.DataFrame,
    target: "pd.Series[float] | None",
) -> pd.DataFrame:
    """Fit on some rows and make the columns of others."""
    if program.view:
        viewed = fit_views(program.view, train, target, program.spec.seed)
        return apply_views(viewed.views, rows)[list(viewed.names)]
    if target is None:
        return fit_features(kind, train, None, program.spec.seed).train
    features = kind()
    features.fit(isolated(train), target)
    return new_columns(features, rows)
