"""From a pydantic model to the part of JSON Schema that every server understands."""

import re
from collections.abc import Mapping

from pydantic import BaseModel, JsonValue

from proposers.llm.chat.messages import AnswerSchema

_KEPT = (
    "type",
    "description",
    "enum",
    "minimum",
    "maximum",
    "maxLength",
    "minItems",
    "maxItems",
)
_NAME_LIMIT_CHARACTERS = 64

Schema = Mapping[str, JsonValue]


class UnsupportedSchemaError(TypeError):
    """Raised when a model cannot be said in the strict subset: a bug of ours."""


def answer_schema(model: type[BaseModel]) -> AnswerSchema:
    """Return the schema that an answer of this kind has.

    Every property is required and no other is allowed; references are written out;
    keywords that some server does not know are left out, so pydantic has the last word.

    Raises:
        UnsupportedSchemaError: If the model is recursive or holds open dictionaries.
    """
    written = model.model_json_schema()
    definitions = written.get("$defs", {})
    name = re.sub(r"[^A-Za-z0-9_-]", "_", model.__name__)[:_NAME_LIMIT_CHARACTERS]
    return AnswerSchema(name, _strict(written, definitions, ()))


def _strict(
    node: Schema, definitions: Mapping[str, Schema], within: tuple[str, ...]
) -> dict[str, JsonValue]:
    if "$ref" in node:
        name = str(node["$ref"]).rpartition("/")[2]
        if name in within:
            raise UnsupportedSchemaError(f"{name} is recursive")
        named = _strict(definitions[name], definitions, (*within, name))
        return named | {k: node[k] for k in ("description",) if k in node}
    kept = {keyword: node[keyword] for keyword in _KEPT if keyword in node}
    if "const" in node:
        kept["enum"] = [node["const"]]
    _keep_exclusive_bounds(node, kept)
    choices = node.get("anyOf") or node.get("oneOf")
    if isinstance(choices, list):
        kept["anyOf"] = [_strict(_node(c), definitions, within) for c in choices]
    if "items" in node:
        kept["items"] = _strict(_node(node["items"]), definitions, within)
    if node.get("type") == "object":
        kept |= _strict_object(node, definitions, within)
    if not kept.keys() & {"type", "enum", "anyOf"}:
        raise UnsupportedSchemaError("a field takes anything")
    return kept


def _strict_object(
    node: Schema, definitions: Mapping[str, Schema], within: tuple[str, ...]
) -> dict[str, JsonValue]:
    if not isinstance(node.get("properties"), dict):
        raise UnsupportedSchemaError("a field is a dictionary without fixed keys")
    properties: dict[str, JsonValue] = {
        name: _strict(_node(inner), definitions, within)
        for name, inner in _node(node["properties"]).items()
    }
    return {
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _keep_exclusive_bounds(node: Schema, kept: dict[str, JsonValue]) -> None:
    """Say `> 0` as `>= 1` for integers and as `>= 0` for numbers; pydantic checks again."""
    step = 1 if node.get("type") == "integer" else 0
    for keyword, name, sign in (
        ("exclusiveMinimum", "minimum", step),
        ("exclusiveMaximum", "maximum", -step),
    ):
        bound = node.get(keyword)
        if isinstance(bound, int | float):
            kept[name] = bound + sign


def _node(value: JsonValue) -> Schema:
    if not isinstance(value, dict):
        raise UnsupportedSchemaError("a part of the schema is no object")
    return value
