"""Typed changes fit the parameters they replace, or the model hears why not."""

import pytest

from proposers.expert.sources import Setting, read_parameters
from proposers.llm.answers import ParameterChange, TuneAnswer
from proposers.llm.chat.extraction import UnusableReplyError
from proposers.llm.chat.strict_schema import answer_schema
from proposers.llm.tuning_changes import changed_source, check_changes, in_words
from tests.proposers.llm.asks import LINE

PARAMETERS: dict[str, Setting] = {
    "penalties": (0.1, 1.0),
    "scaling": "robust",
    "rounds": 50,
    "rate": 0.1,
    "is_fast": True,
    "depth": None,
}


def answer(name: str, value: Setting) -> TuneAnswer:
    change = ParameterChange(name=name, value=value)
    return TuneAnswer(reason="it helps", changes=(change,))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("penalties", (1.0, 10.0)),
        ("scaling", "standard"),
        ("rounds", 80),
        ("rounds", 80.0),
        ("rate", 1),
        ("is_fast", False),
        ("depth", 7),
    ],
)
def test_a_value_of_the_same_type_is_taken(name: str, value: Setting) -> None:
    check_changes(PARAMETERS, answer(name, value))


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("leaves", 7, "none of"),
        ("rounds", "many", "same type"),
        ("rounds", True, "same type"),
        ("is_fast", 1, "same type"),
        ("rate", None, "same type"),
        ("penalties", 1.0, "same type"),
        ("rounds", 50, "leave every parameter"),
    ],
)
def test_others_are_refused_with_the_reason(
    name: str, value: Setting, reason: str
) -> None:
    with pytest.raises(UnusableReplyError, match=reason):
        check_changes(PARAMETERS, answer(name, value))


def test_only_the_parameters_of_the_source_change() -> None:
    found = read_parameters(LINE)
    assert found is not None

    source = changed_source(LINE, found, answer("rounds", 80.4))

    assert source == LINE.replace('"rounds": 50', '"rounds": 80')
    assert in_words(answer("rounds", 80)) == "rounds 80"


def test_the_schema_can_be_said_to_every_server() -> None:
    schema = answer_schema(TuneAnswer).schema

    assert schema["required"] == ["reason", "changes"]
