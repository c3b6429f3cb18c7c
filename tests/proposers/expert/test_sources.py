"""Sources and their parameters."""

from hypothesis import given
from hypothesis import strategies as st

from proposers.expert.sources import (
    Block,
    Logarithm,
    Parameters,
    read_parameters,
    replace_parameters,
    supervised_source,
)

BLOCK = Block("lightgbm_model", "LightGBM")
VALUES = st.none() | st.booleans() | st.integers() | st.text() | st.floats(-1e9, 1e9)
NAMES = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)


@given(st.dictionaries(NAMES, VALUES, max_size=6))
def test_parameters_are_read_back_as_they_were_written(parameters: Parameters) -> None:
    source = supervised_source("A title", BLOCK, parameters, is_classification=True)

    found = read_parameters(source)

    assert found is not None
    assert found.parameters == parameters


def test_replacing_parameters_leaves_all_other_lines_alone() -> None:
    old = {"rounds": 10, "num_leaves": 4}
    source = supervised_source("A title", BLOCK, old, is_classification=False)
    found = read_parameters(source)
    assert found is not None

    replaced = replace_parameters(source, found, {"rounds": 20})

    new = supervised_source("A title", BLOCK, {"rounds": 20}, is_classification=False)
    assert replaced == new


def test_regression_sources_promise_no_probabilities() -> None:
    source = supervised_source("A title", BLOCK, {}, is_classification=False)

    assert "predict_proba" not in source


def test_a_source_says_how_the_logarithm_is_learned() -> None:
    source = supervised_source(
        "A title",
        BLOCK,
        {"rounds": 10},
        is_classification=False,
        logarithm=Logarithm("median", 1.0),
    )

    found = read_parameters(source)

    assert "from toolkit.logarithmic import Logarithmic" in source
    assert "LightGBM(spec, **PARAMETERS), answer='median', plus=1.0" in source
    assert found is not None
    assert found.parameters == {"rounds": 10}
    compile(source, "source", "exec")


def test_sources_without_a_plain_literal_have_no_parameters() -> None:
    assert read_parameters("x = 1") is None
    assert read_parameters("PARAMETERS = {'a': open('b')}") is None
    assert read_parameters("PARAMETERS = (") is None
