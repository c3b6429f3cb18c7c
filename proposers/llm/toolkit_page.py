"""One page on the toolkit, read from its sources, so that it never says what is not there."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TOOLKIT = Path(__file__).resolve().parents[2] / "toolkit"
_METHODS = frozenset({"fit", "transform", "fit_transform", "predict"})
_PLAIN = frozenset({"NamedTuple", "Protocol", "Exception", "ValueError"})
_WRAPPERS = frozenset({"repairs", "feature_repairs", "preparations", "steps"})
"""Modules that mend from outside."""
_PRETRAINED = frozenset({"checkpoints", "in_context", "tabicl_model", "tabpfn_model"})
"""Networks that are rarely there and cost much; the expert knows when they are worth it."""
_NOT_FOR_AUTHORS = _WRAPPERS | _PRETRAINED


@cache
def toolkit_page() -> str:
    """List every public class that fits something, with its arguments and first sentence."""
    lines = [
        line
        for path in sorted(TOOLKIT.glob("*.py"))
        if path.stem not in _NOT_FOR_AUTHORS
        for line in _lines(path)
    ]
    return "\n".join(lines)


def _lines(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
            continue
        said = ast.get_docstring(node)
        functions = [n for n in node.body if isinstance(n, ast.FunctionDef)]
        bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
        if said is None or not (
            _METHODS & {f.name for f in functions} or bases - _PLAIN
        ):
            continue
        made = next((f for f in functions if f.name == "__init__"), None)
        arguments = "spec, ..." if made is None else _signature(made)
        sentence = " ".join(said.split("\n\n")[0].split())
        yield f"- toolkit.{path.stem}: {node.name}({arguments}). {sentence}"


def _signature(made: ast.FunctionDef) -> str:
    """Arguments with their defaults, without `self` and types."""
    arguments = made.args
    positional = arguments.args[1:]
    missing = len(positional) - len(arguments.defaults[-len(positional) or None :])
    defaults: list[ast.expr | None] = [None] * missing
    defaults += arguments.defaults[-len(positional) or None :]
    told = [_argument(a, d) for a, d in zip(positional, defaults, strict=True)]
    if arguments.kwonlyargs:
        told.append("*")
        pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        told += [_argument(argument, default) for argument, default in pairs]
    if arguments.kwarg is not None:
        told.append(f"**{arguments.kwarg.arg}")
    return ", ".join(told)


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    return argument.arg if default is None else f"{argument.arg}={ast.unparse(default)}"
