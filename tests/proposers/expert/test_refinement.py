"""Neighbours of a candidate."""

import random

from hypothesis import given
from hypothesis import strategies as st

from proposers.expert.blocks import CLUSTERING, PRETRAINED, SUPERVISED
from proposers.expert.refinement import MOVES, neighbor
from proposers.expert.sources import Block, read_parameters, supervised_source

SOURCE = supervised_source(
    "LightGBM",
    Block("lightgbm_model", "LightGBM"),
    {"num_leaves": 31, "learning_rate": 0.05, "lambda_l2": 0.1, "rounds": 100},
    is_classification=True,
)


def test_every_family_that_learns_weights_has_moves() -> None:
    assert set(MOVES) == {*SUPERVISED, *CLUSTERING} - set(PRETRAINED)


@given(st.integers())
def test_a_neighbour_moves_one_or_two_settings_within_bounds(seed: int) -> None:
    moved = neighbor(SOURCE, "lightgbm", random.Random(seed))

    assert moved is not None
    before, after = read_parameters(SOURCE), read_parameters(moved.source)
    assert before is not None
    assert after is not None
    pairs = zip(before.parameters.values(), after.parameters.values(), strict=True)
    assert 1 <= sum(old != new for old, new in pairs) <= 2
    assert 2 <= int(str(after.parameters["num_leaves"])) <= 256
    assert after.parameters["rounds"] == 100


def test_an_unknown_family_or_foreign_source_has_no_neighbour() -> None:
    assert neighbor(SOURCE, "mystery", random.Random(0)) is None
    assert neighbor("class Candidate: ...", "lightgbm", random.Random(0)) is None
