"""Takes a source apart: versions of it that lack one part each.

A model refines best what an ablation shows to matter (MLE-STAR, Nam et al. 2025). Nothing is
run here: what may be left out is found in the syntax tree.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, islice, zip_longest
from typing import NamedTuple

from proposers.fingerprint import fingerprint

FEWEST_STEPS = 2
NAMED = 4
_BODIES = ("body", "orelse", "finalbody")
_STEPS = frozenset({"steps", "transformers", "transformer_list", "estimators"})
_KEPT_KEYWORDS = _STEPS | {
    "spec",
    "estimator",
    "random_state",
    "random_seed",
    "seed",
    "n_jobs",
    "n_threads",
    "num_threads",
    "thread_count",
    "verbose",
    "verbosity",
    "allow_writing_files",
}
"""What a call cannot do without, and what makes it repeatable and quiet."""
_DATA = frozenset({"DataFrame", "Series", "Index", "Categorical", "Generator"})
"""Classes that hold data: their arguments are no settings."""


class AblatedSource(NamedTuple):
    """A source without one of its parts.

    Attributes:
        part: What was taken out, in words.
        lines: Its first and last line in the source as it was.
        source: What is left.
    """

    part: str
    lines: tuple[int, int]
    source: str


class _Removal(NamedTuple):
    """Some of the children that a node has in one of its fields."""

    part: str
    owner: ast.AST
    field: str
    removed: Sequence[ast.stmt | ast.expr | ast.keyword]


def ablated_sources(source: str, most: int) -> tuple[AblatedSource, ...]:
    """Take out one part at a time: derived columns, a step of a pipeline, settings of a call.

    Args:
        source: Python source, which is only read.
        most: Most versions to be made; each kind of part has its turn.

    Returns:
        Versions that parse and differ from the source and from each other; none if the
        source is no Python.
    """
    try:
        tree = ast.parse(source)
        found = _in_turns(_columns(tree), _steps(tree), _settings(tree))
        return tuple(islice(_distinct(source, tree, found), most))
    except (SyntaxError, ValueError, RecursionError):
        return ()


def _in_turns(*kinds: Iterable[_Removal]) -> list[_Removal]:
    turns = chain.from_iterable(zip_longest(*kinds))
    return [removal for removal in turns if removal is not None]


def _distinct(
    source: str, tree: ast.Module, removals: Iterable[_Removal]
) -> Iterator[AblatedSource]:
    seen = {fingerprint(source)}
    for removal in removals:
        left = _left(tree, removal)
        if left is not None and fingerprint(left) not in seen:
            seen.add(fingerprint(left))
            yield AblatedSource(removal.part, _lines(removal.removed), left)


def _left(tree: ast.Module, removal: _Removal) -> str | None:
    """Write down what is left of a tree, which stays as it is; None if that is no Python."""
    children = getattr(removal.owner, removal.field)
    kept = [child for child in children if child not in removal.removed]
    setattr(removal.owner, removal.field, kept)
    try:
        left = ast.unparse(tree)
        ast.parse(left)
    except (SyntaxError, ValueError):
        return None
    finally:
        setattr(removal.owner, removal.field, children)
    return left + "\n"


def _lines(nodes: Sequence[ast.stmt | ast.expr | ast.keyword]) -> tuple[int, int]:
    return nodes[0].lineno, nodes[-1].end_lineno or nodes[-1].lineno


# -- derived columns


def _columns(tree: ast.Module) -> Iterator[_Removal]:
    """Lines in a row that set `frame["column"]`, if other lines stand beside them."""
    for node in ast.walk(tree):
        for field in _BODIES:
            body = getattr(node, field, None)
            if not isinstance(body, list):
                continue
            for frame, lines in groupby(body, key=_frame_set):
                run = list(lines)
                if frame is not None and len(run) < len(body):
                    names = _named([ast.unparse(line.targets[0].slice) for line in run])
                    part = f"what is set in {frame} ({names})"
                    yield _Removal(part, node, field, run)


def _frame_set(line: ast.AST) -> str | None:
    """The variable whose item a line sets, or None."""
    match line:
        case ast.Assign(
            targets=[
                ast.Subscript(
                    value=ast.Name(id=frame),
                    slice=ast.Constant(value=str()) | ast.JoinedStr(),
                )
            ]
        ):
            return frame
        case _:
            return None


# -- steps


def _steps(tree: ast.Module) -> Iterator[_Removal]:
    """One of several steps that are listed; a pipeline's last one is its model and stays."""
    last_ones = _ends_of_pipelines(tree)
    for owner, field, listed in _lists(tree):
        names = [_step_name(step) for step in listed]
        if len(listed) < FEWEST_STEPS or None in names:
            continue
        for step, name in zip(listed, names, strict=True):
            if step not in last_ones:
                yield _Removal(f"step {name}", owner, field, [step])


def _lists(tree: ast.Module) -> Iterator[tuple[ast.AST, str, list[ast.expr]]]:
    for node in ast.walk(tree):
        match node:
            case ast.List(elts=listed):
                yield node, "elts", listed
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args):
                if name.startswith("make_"):
                    yield node, "args", args
            case _:
                pass


def _ends_of_pipelines(tree: ast.Module) -> set[ast.expr]:
    ends: set[ast.expr] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node).endswith("ipeline"):
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            listed = [part.elts for part in given if isinstance(part, ast.List)]
            ends |= {steps[-1] for steps in (node.args, *listed) if steps}
    return ends


def _step_name(step: ast.expr) -> str | None:
    """What a step is called, None if it is none: `Scaler()` or `("scale", Scaler(), ...)`."""
    match step:
        case ast.Call() if _is_class(_called(step)):
            return _called(step)
        case ast.Tuple(elts=[ast.Constant(value=str(label)), ast.Call() as call, *_]):
            return f"{label!r} ({_called(call)})"
        case ast.Tuple(elts=[ast.Constant(value=str(label)), ast.Name(), *_]):
            return repr(label)
        case ast.Tuple(elts=[ast.Call() as call, *_]) if _is_class(_called(call)):
            return _called(call)
        case _:
            return None


# -- settings


def _settings(tree: ast.Module) -> Iterator[_Removal]:
    """Keyword arguments of a block's or an estimator's call, the most settings first."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_class(_called(node)):
            settings = [each for each in node.keywords if _is_setting(each)]
            names = [e.arg or f"**{ast.unparse(e.value)}" for e in settings]
            part = f"the settings of {_called(node)} ({_named(names)})"
            found.append(_Removal(part, node, "keywords", settings))
    found.sort(key=lambda each: -len(each.removed))
    yield from (each for each in found if each.removed)


def _is_setting(keyword: ast.keyword) -> bool:
    """Whether an argument is a plain value, and not a part that something is made of."""
    calls = (node for node in ast.walk(keyword.value) if isinstance(node, ast.Call))
    is_plain = not any(_is_class(_called(call)) for call in calls)
    return is_plain and keyword.arg not in _KEPT_KEYWORDS


def _named(names: list[str]) -> str:
    more = [f"{len(names) - NAMED} more"] if names[NAMED:] else []
    return ", ".join(names[:NAMED] + more)


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _is_class(name: str) -> bool:
    return name[:1].isupper() and name not in _DATA
