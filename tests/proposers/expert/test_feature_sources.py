"""Sources of feature programs are read back as they were written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposers.expert.feature_sources import Step, features_source, read_steps
from proposers.expert.sources import Block

NAMES = st.text(max_size=12)
COLUMNS = st.lists(NAMES | st.tuples(NAMES, NAMES), min_size=1, max_size=4)
SETTINGS = st.dictionaries(
    st.sampled_from(["classes", "clusters"]), st.integers(0, 9), max_size=2
)
BLOCKS = st.sampled_from(
    [
        Block("pairwise", "PairwiseRatios"),
        Block("pairwise", "PairwiseProducts"),
        Block("target_encodings", "TargetEncodings"),
    ]
)
STEPS = st.lists(st.builds(Step, BLOCKS, COLUMNS, SETTINGS), min_size=1, max_size=3)


@given(STEPS)
def test_steps_are_read_back_as_they_were_written(steps: list[Step]) -> None:
    source = features_source("An idea", steps)

    compile(source, "features.py", "exec")
    assert list(read_steps(source)) == steps


@given(STEPS)
def test_a_program_asks_for_the_target_if_one_of_its_steps_does(
    steps: list[Step],
) -> None:
    source = features_source("An idea", steps)

    needs_target = any(step.block.name == "TargetEncodings" for step in steps)
    assert f"needs_y = {needs_target}" in source
    assert ("fit(X, y)" in source) == needs_target


@pytest.mark.parametrize(
    "source",
    [
        "class Features(",
        "class Features: ...",
        "from toolkit.pairwise import PairwiseRatios\nx = PairwiseRatios(NAMES)",
        "from toolkit.pairwise import PairwiseRatios\n"
        "NAMES = [f()]\nx = PairwiseRatios(NAMES)",
    ],
)
def test_other_sources_have_no_steps(source: str) -> None:
    assert read_steps(source) == ()
