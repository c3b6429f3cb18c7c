"""Clusterers label rows, and numbers of clusters are surveyed, in a real worker."""

from typing import TYPE_CHECKING

import numpy as np

from tests.executors.programs import CLUSTERER

if TYPE_CHECKING:
    from tests.executors.conftest import Bench


async def test_a_clusterer_labels_its_rows_and_later_new_ones(bench: "Bench") -> None:
    program = bench.program(
        CLUSTERER, "cluster", task="clustering", rows=60, columns=1, keeps_model=True
    )
    fitted = await bench.success(program, inputs=("train_x",))
    assert fitted.model is not None
    bench.hand_in("model_0", fitted.model)
    bench.hand_in("x", bench.train)
    later = bench.program(CLUSTERER, "predict", task="clustering", rows=60, columns=1)

    outcome = await bench.success(later, ("x", "model_0"))

    assert set(fitted.values.ravel()) == {0, 1, 2}
    assert np.array_equal(outcome.values, fitted.values)


async def test_a_clusterer_fitted_to_some_rows_labels_others(bench: "Bench") -> None:
    program = bench.program(CLUSTERER, "cluster", task="clustering", columns=1)

    outcome = await bench.success(program, ("train_x", "valid_x"))

    assert outcome.values.shape == (40, 1)


async def test_a_clusterer_is_fitted_twice_as_well(bench: "Bench") -> None:
    source = CLUSTERER.replace(
        'self.model.predict(X[["a", "b"]])',
        "np.random.default_rng().integers(3, size=len(X))",
    )
    source = f"import numpy as np\n{source}"
    program = bench.program(source, "cluster", task="clustering", rows=60, columns=1)

    outcome = await bench.failure(
        program.model_copy(update={"fits_twice": True}), inputs=("train_x",)
    )

    assert "with the same seed" in outcome.message


async def test_a_survey_measures_each_number_of_clusters(bench: "Bench") -> None:
    program = bench.program("", "survey", task="clustering", rows=8, columns=None)

    outcome = await bench.success(program, ("train_x",))

    numbers = outcome.values[:, 0]
    known = numbers[numbers > 0]
    assert known.tolist() == list(range(1, len(known) + 1))
    assert outcome.values.shape == (8, 9)
