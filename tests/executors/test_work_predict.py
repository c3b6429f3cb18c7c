"""Models that were kept predict in another real worker."""

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from executors.program import ViewSource
from tests.executors.programs import CLUSTERER, LOGISTIC, RATIO

if TYPE_CHECKING:
    from tests.executors.conftest import Bench


async def test_a_kept_model_predicts_the_same_in_another_process(
    bench: "Bench",
) -> None:
    view = (ViewSource(name="ratio", source=RATIO, columns=("a", "n")),)
    program = bench.program(LOGISTIC, view=view, keeps_model=True)
    fitted = await bench.success(program)
    assert fitted.model is not None
    bench.hand_in("model_0", fitted.model)
    bench.hand_in("model_1", fitted.model)
    bench.hand_in("x", bench.valid)
    again = bench.program(LOGISTIC, "predict", view=view)

    outcome = await bench.success(again, ("x", "model_0", "model_1"))

    assert np.allclose(outcome.values, fitted.values)


async def test_the_prediction_of_several_models_is_their_mean(bench: "Bench") -> None:
    bench.hand_in("x", bench.valid)

    def leveled(level: float) -> str:
        return textwrap.dedent(f"""
        class Candidate:
            def __init__(self, spec): pass
            def fit(self, X, y): self.level = {level}
            def predict_proba(self, X): return [[1 - self.level, self.level]] * len(X)
        """)

    for number, level in enumerate((0.2, 0.6)):
        program = bench.program(leveled(level), keeps_model=True)
        fitted = await bench.success(program)
        assert fitted.model is not None
        bench.hand_in(f"model_{number}", fitted.model)
    program = bench.program(leveled(0.2), "predict")

    outcome = await bench.success(program, ("x", "model_0", "model_1"))

    assert np.allclose(outcome.values, [0.6, 0.4])


async def test_several_clusterers_have_no_mean(bench: "Bench") -> None:
    bench.hand_in("model_0", b"")
    bench.hand_in("model_1", b"")
    bench.hand_in("x", bench.train)
    program = bench.program(CLUSTERER, "predict", task="clustering", rows=60, columns=1)

    outcome = await bench.failure(program, ("x", "model_0", "model_1"))

    assert outcome.kind == "contract"
