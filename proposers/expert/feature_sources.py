"""Writes the sources of feature programs, and reads back what they are made of."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from proposers.expert.sources import Block, Setting

Columns = Sequence[str | tuple[str, ...]]
STEPS = Block("steps", "Steps")

_FEATURES = '''"""{idea}."""

{imports}

{constants}


class Features:
    """{idea}."""

    needs_y = {needs_y}

    def __init__(self):
        self.block = {block}

    def fit(self, X, y=None):
        self.block.fit(X{target})
        return self

    def transform(self, X):
        return self.block.transform(X)
'''


@dataclass(frozen=True, slots=True)
class Step:
    """One block of new columns in a program.

    Attributes:
        block: The class of the toolkit.
        columns: What it is made from: columns, or pairs of them.
        settings: Its further arguments.
    """

    block: Block
    columns: Columns
    settings: Mapping[str, Setting] = field(default_factory=dict)

    @property
    def needs_target(self) -> bool:
        """Whether the block looks at the target."""
        return self.block.module == "target_encodings"


def features_source(idea: str, steps: Sequence[Step]) -> str:
    """Source of a feature program.

    Args:
        idea: What it is for, in one sentence without its full stop.
        steps: Its blocks; each may use the columns of those before it, and the columns of
            the last one are the program's.
    """
    names = [f"EARLIER_{number + 1}" for number in range(len(steps) - 1)]
    names.append("COLUMNS")
    calls = [_call(step, name) for step, name in zip(steps, names, strict=True)]
    blocks = {step.block for step in steps}
    block = calls[0]
    if len(steps) > 1:
        blocks.add(STEPS)
        inner = "".join(f"                {call},\n" for call in calls)
        block = f"Steps(\n            [\n{inner}            ]\n        )"
    needs_target = any(step.needs_target for step in steps)
    return _FEATURES.format(
        idea=idea,
        imports=_imports(blocks),
        constants="\n".join(
            f"{name} = {_listed(step.columns)}"
            for name, step in zip(names, steps, strict=True)
        ),
        needs_y=needs_target,
        block=block,
        target=", y" if needs_target else "",
    )


def _call(step: Step, name: str) -> str:
    settings = "".join(f", {key}={value!r}" for key, value in step.settings.items())
    return f"{step.block.name}({name}{settings})"


def _imports(blocks: set[Block]) -> str:
    modules = sorted({block.module for block in blocks})
    return "\n".join(
        f"from toolkit.{module} import "
        + ", ".join(sorted(b.name for b in blocks if b.module == module))
        for module in modules
    )


def _listed(columns: Columns) -> str:
    lines = "".join(f"    {column!r},\n" for column in columns)
    return f"[\n{lines}]"


def read_steps(source: str) -> tuple[Step, ...]:
    """The blocks of a program that is written in this way; none of any other."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return ()
    modules: dict[str, str] = {}
    constants: dict[str, Columns] = {}
    for node in tree.body:
        match node:
            case ast.ImportFrom(module=str(module), names=names):
                modules |= {a.name: module.removeprefix("toolkit.") for a in names}
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.List() as value):
                constants |= _literal(name, value)
            case _:
                pass
    return tuple(_read_calls(tree, modules, constants))


def _literal(name: str, value: ast.List) -> dict[str, Columns]:
    try:
        return {name: ast.literal_eval(value)}
    except ValueError:
        return {}


def _read_calls(
    tree: ast.Module, modules: dict[str, str], constants: dict[str, Columns]
) -> list[Step]:
    """Calls of toolkit blocks on listed columns, in the order they are written."""
    steps: list[tuple[int, int, Step]] = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id=block), args=[ast.Name(id=name)], keywords=keywords
            ) if block in modules and name in constants:
                settings = {
                    keyword.arg: keyword.value.value
                    for keyword in keywords
                    if keyword.arg and isinstance(keyword.value, ast.Constant)
                }
                found = Block(modules[block], block)
                step = Step(found, constants[name], settings)  # type: ignore[arg-type]
                steps.append((node.lineno, node.col_offset, step))
            case _:
                pass
    return [step for *_, step in sorted(steps, key=lambda found: found[:2])]
