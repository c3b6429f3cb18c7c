"""Every model is said in the part of JSON Schema that all servers know."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from proposers.llm.chat.strict_schema import UnsupportedSchemaError, answer_schema


class Linear(BaseModel):
    """A straight line."""

    kind: Literal["linear"] = "linear"
    penalty: float = Field(gt=0, lt=10)


class Forest(BaseModel):
    kind: Literal["forest"] = "forest"
    trees: int = Field(gt=0, le=500, description="How many.")


class Answer(BaseModel):
    reason: str = Field(max_length=200, pattern="^x")
    model: Annotated[Linear | Forest, Field(discriminator="kind")]
    tags: tuple[str, ...] = Field(default=(), max_length=3)
    note: str | None = None


class Node(BaseModel):
    inner: "Node | None"


class Open(BaseModel):
    values: dict[str, float]


class Anything(BaseModel):
    value: object


def test_a_model_is_written_out_in_the_strict_subset() -> None:
    linear = {
        "type": "object",
        "description": "A straight line.",
        "properties": {
            "kind": {"type": "string", "enum": ["linear"]},
            "penalty": {"type": "number", "minimum": 0, "maximum": 10},
        },
        "required": ["kind", "penalty"],
        "additionalProperties": False,
    }
    forest = {
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": ["forest"]},
            "trees": {
                "type": "integer",
                "minimum": 1,
                "maximum": 500,
                "description": "How many.",
            },
        },
        "required": ["kind", "trees"],
        "additionalProperties": False,
    }

    written = answer_schema(Answer)

    assert written.name == "Answer"
    assert written.schema == {
        "type": "object",
        "properties": {
            "reason": {"type": "string", "maxLength": 200},
            "model": {"anyOf": [linear, forest]},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["reason", "model", "tags", "note"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize("model", [Node, Open, Anything])
def test_what_some_server_cannot_take_is_a_bug_of_ours(model: type[BaseModel]) -> None:
    with pytest.raises(UnsupportedSchemaError):
        answer_schema(model)
