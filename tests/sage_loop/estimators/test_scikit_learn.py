"""scikit-learn's own checks of its conventions."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sklearn.base import BaseEstimator
from sklearn.utils.estimator_checks import estimator_checks_generator

from sage_loop import SageLoopClassifier, SageLoopClusterer, SageLoopRegressor
from sage_loop.estimators.errors import InputError

QUICK: dict[str, Any] = {
    "trials": 3,
    "feature_rounds": 0,
    "validation": "holdout",
    "workers": 1,
}
ALL = (
    SageLoopClassifier(**QUICK),
    SageLoopRegressor(**QUICK),
    SageLoopClusterer(**QUICK),
)

BEYOND_REACH = {
    "check_sample_weight_equivalence_on_dense_data": (
        "copies of a row fall into folds one by one, a row of weight 2 does not; and of the "
        "check's 15 rows fewer than 10 have a weight"
    )
}
"""What no estimator that splits its rows can pass; scikit-learn excuses its own from it."""

Check = Callable[[BaseEstimator], None]


def all_checks() -> Iterator[Any]:
    """Every check of every estimator.

    The long tier has those that another kind passes, and variants of a check.
    """
    known: set[str] = set()
    for estimator in ALL:
        names = []
        for model, check in estimator_checks_generator(estimator):
            name = "-".join([check.func.__name__, *map(str, check.keywords.values())])
            is_told_already = name in known or bool(check.keywords)
            tier = pytest.mark.long if is_told_already else pytest.mark.deep
            names.append(name)
            marks = [tier]
            if check.func.__name__ in BEYOND_REACH:
                reason = BEYOND_REACH[check.func.__name__]
                marks.append(
                    pytest.mark.xfail(
                        reason=reason, raises=(AssertionError, InputError)
                    )
                )
            yield pytest.param(
                model, check, marks=marks, id=f"{type(model).__name__}-{name}"
            )
        known |= set(names)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(("estimator", "check"), list(all_checks()))
def test_it_keeps_to_the_conventions(estimator: BaseEstimator, check: Check) -> None:
    check(estimator)
