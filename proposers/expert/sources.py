"""Writes the sources of candidates, and reads their parameters back."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

Setting = float | int | str | bool | tuple[float, ...] | None
Parameters = Mapping[str, Setting]


@dataclass(frozen=True, slots=True)
class Block:
    """A class of the toolkit that a candidate is built from."""

    module: str
    name: str


_LOGARITHMIC = Block("logarithmic", "Logarithmic")


class Logarithm(NamedTuple):
    """How a candidate learns the logarithm of the target, see the toolkit's block.

    Attributes:
        answer: What a prediction is to be close to: `median`, `mean` or `share`.
        plus: What is added to values before, None if the block is to choose.
    """

    answer: str
    plus: float | None = None


_SUPERVISED = '''"""{title}."""

{imports}

{parameters}


class Candidate:
    """{title}."""

    def __init__(self, spec):
        self.model = {model}

    def fit(self, X, y, weight=None):
        self.model.fit(X, y, weight)
        return self

    def predict(self, X):
        return self.model.predict(X)
{proba}'''

_PROBA = """
    def predict_proba(self, X):
        return self.model.predict_proba(X)
"""

_CLUSTERING = '''"""{title}."""

from toolkit.{module} import {name}

{parameters}


class Candidate:
    """{title}."""

    def __init__(self, spec):
        self.model = {name}(spec, **PARAMETERS)

    def fit(self, X):
        self.model.fit(X)
        return self

    def predict(self, X):
        return self.model.predict(X)
'''


def supervised_source(
    title: str,
    block: Block,
    parameters: Parameters,
    *,
    is_classification: bool,
    logarithm: Logarithm | None = None,
) -> str:
    """Source of a candidate for classification or regression."""
    blocks = [block]
    model = f"{block.name}(spec, **PARAMETERS)"
    if logarithm is not None:
        blocks.append(_LOGARITHMIC)
        settings = f"answer={logarithm.answer!r}, plus={logarithm.plus!r}"
        model = f"{_LOGARITHMIC.name}(\n            {model}, {settings}\n        )"
    imports = sorted(f"from toolkit.{b.module} import {b.name}" for b in blocks)
    return _SUPERVISED.format(
        title=title,
        imports="\n".join(imports),
        model=model,
        parameters=parameters_text(parameters),
        proba=_PROBA if is_classification else "",
    )


def clustering_source(title: str, block: Block, parameters: Parameters) -> str:
    """Source of a candidate for clustering."""
    return _CLUSTERING.format(
        title=title,
        module=block.module,
        name=block.name,
        parameters=parameters_text(parameters),
    )


def parameters_text(parameters: Parameters) -> str:
    """The literal that candidates carry at their top, one parameter a line."""
    lines = "".join(f'    "{name}": {value!r},\n' for name, value in parameters.items())
    return f"PARAMETERS = {{\n{lines}}}" if lines else "PARAMETERS = {}"


class Found(NamedTuple):
    """The parameters of a source and the lines they stand on, counted from 1."""

    parameters: dict[str, Setting]
    first_line: int
    last_line: int


def read_parameters(source: str) -> Found | None:
    """Find a plain `PARAMETERS = {...}` at the top level; None if there is none."""
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError):
        return None
    for node in statements:
        match node:
            case ast.Assign(targets=[ast.Name(id="PARAMETERS")], value=ast.Dict()):
                try:
                    parameters = ast.literal_eval(node.value)
                except ValueError:
                    return None
                return Found(parameters, node.lineno, node.end_lineno or node.lineno)
    return None


def replace_parameters(source: str, found: Found, parameters: Parameters) -> str:
    """The same source with other parameters."""
    lines = source.splitlines()
    lines[found.first_line - 1 : found.last_line] = [parameters_text(parameters)]
    return "\n".join(lines) + "\n"
