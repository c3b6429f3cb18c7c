"""Candidates get the columns of their view, in a real worker."""

from typing import TYPE_CHECKING

from executors.program import ViewSource
from tests.executors.programs import LOGISTIC, RATIO, TARGET_MEAN

if TYPE_CHECKING:
    from tests.executors.conftest import Bench


async def test_columns_of_a_view_that_clash_are_prefixed(bench: "Bench") -> None:
    source = LOGISTIC.replace(
        "self.columns = list(X.columns)",
        "self.columns = list(X.columns); print(self.columns)",
    )
    view = (
        ViewSource(name="ratio", source=RATIO, columns=("a", "n")),
        ViewSource(name="again", source=RATIO, columns=("n",)),
    )

    outcome = await bench.success(bench.program(source, view=view))

    assert "['a', 'b', 'c', 'ratio__a', 'n', 'again__n']" in outcome.output


async def test_programs_that_need_the_target_are_cross_fitted(bench: "Bench") -> None:
    source = LOGISTIC.replace(
        "self.columns = ",
        'print("train", sorted(set(X["rows"])), X["mean"].nunique())\n'
        "        self.columns = ",
    ).replace(
        "assert list", 'print("valid", sorted(set(X["rows"])))\n        assert list'
    )
    view = (ViewSource(name="te", source=TARGET_MEAN, columns=("mean", "rows")),)

    outcome = await bench.success(bench.program(source, view=view))

    assert "train [48.0]" in outcome.output
    assert "valid [60.0]" in outcome.output


async def test_the_chosen_columns_of_several_programs_come_together(
    bench: "Bench",
) -> None:
    view = (
        ViewSource(name="ratio", source=RATIO, columns=("n", "a")),
        ViewSource(name="te", source=TARGET_MEAN, columns=("mean",)),
    )
    program = bench.program("", "features", view=view, rows=60, columns=None)

    outcome = await bench.success(program, ("train_x", "train_y"))

    assert outcome.names == ("n", "ratio__a", "mean")
    assert outcome.values.shape == (60, 3)
