"""The contract's checks, without a worker."""

from typing import TYPE_CHECKING

import numpy as np
import pytest

from executors.contract import check_feature_names, check_values
from executors.errors import ContractError

if TYPE_CHECKING:
    from tests.executors.conftest import Bench


@pytest.mark.parametrize("label", [-2.0, 0.5])
def test_labels_are_integers_from_minus_one_up(bench: "Bench", label: float) -> None:
    program = bench.program("", "cluster", "clustering", rows=2, columns=1)

    check_values(program, np.array([[-1.0], [3.0]]))
    with pytest.raises(ContractError, match="labels"):
        check_values(program, np.array([[0.0], [label]]))


def test_probabilities_may_be_off_by_rounding_only(bench: "Bench") -> None:
    program = bench.program("", rows=1)

    check_values(program, np.array([[0.3, 0.7005]]))
    check_values(program, np.array([[-1e-12, 1.0]]))
    with pytest.raises(ContractError, match="do not sum"):
        check_values(program, np.array([[0.3, 0.702]]))


def test_only_new_columns_may_have_missing_values(bench: "Bench") -> None:
    values = np.array([[np.nan]])

    check_values(bench.program("", "features", rows=1, columns=None), values)
    with pytest.raises(ContractError, match="not finite"):
        check_values(bench.program("", task="regression", rows=1, columns=1), values)


@pytest.mark.parametrize("names", [(), ("a", "a"), ("",), ("a\n",), ("x" * 201,)])
def test_bad_names_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(ContractError):
        check_feature_names(names, len(names))
