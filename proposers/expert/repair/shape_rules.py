"""Rules for sources that are not shaped as the contract asks: text, names, signatures."""

import ast
import re

from proposers.expert.repair.case import Mended, RepairCase
from proposers.expert.repair.edits import (
    CANDIDATE,
    add_method,
    add_parameter,
    find_class,
    find_method,
    parsed,
    unfenced,
)

METHODS = ("fit", "predict")
SELF_AND_SPEC = 2
SELF_X_Y_WEIGHT = 4
_WEIGHT_KEYWORD = re.compile(r",\s*sample_weight\s*=\s*[\w.]+(?:\[[^\]]*\])?")


def markdown_fence(case: RepairCase) -> Mended | None:
    """Take the code out of a markdown answer."""
    if parsed(case.source) is not None:
        return None
    code = unfenced(case.source)
    return Mended(code, "the code stood inside a markdown fence") if code else None


def class_name(case: RepairCase) -> Mended | None:
    """Give the one class that looks right the name that the contract asks for."""
    tree = parsed(case.source)
    if tree is None or find_class(case.source) is not None:
        return None
    fitting = [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and all(find_method(node, method) for method in METHODS)
    ]
    if len(fitting) != 1 or f"\n{CANDIDATE} = " in case.source:
        return None
    alias = f"{case.source.rstrip()}\n\n\n{CANDIDATE} = {fitting[0]}\n"
    return Mended(alias, f"class {fitting[0]} was not called {CANDIDATE}")


def constructor(case: RepairCase) -> Mended | None:
    """Let the constructor take `spec`."""
    defined = find_class(case.source)
    if not _is_argument_error(case) or defined is None:
        return None
    method = find_method(defined, "__init__")
    if method is None:
        if defined.bases:
            return None
        text = "def __init__(self, spec):\n    self.spec = spec\n"
        mended = add_method(case.source, defined, text)
    elif _takes(method, SELF_AND_SPEC):
        return None
    else:
        mended = add_parameter(case.source, method, "spec=None")
    return Mended(mended, "the constructor did not take `spec`")


def fit_weight(case: RepairCase) -> Mended | None:
    """Let `fit` take row weights, and leave them out where an estimator takes none."""
    if not _is_argument_error(case):
        return None
    if "sample_weight" in case.failure.message:
        mended = _WEIGHT_KEYWORD.sub("", case.source)
        if mended == case.source or parsed(mended) is None:
            return None
        return Mended(mended, "an estimator inside takes no row weights")
    defined = find_class(case.source)
    method = find_method(defined, "fit") if defined else None
    if method is None or _takes(method, SELF_X_Y_WEIGHT):
        return None
    if len(method.args.args) != SELF_X_Y_WEIGHT - 1:
        return None
    mended = add_parameter(case.source, method, "weight=None")
    return Mended(mended, "`fit` did not take row weights")


def _is_argument_error(case: RepairCase) -> bool:
    return case.failure.exception == "TypeError" and "argument" in case.message


def _takes(method: ast.FunctionDef, count: int) -> bool:
    """Whether the method takes so many positional arguments, `self` among them."""
    arguments = method.args
    taken = len(arguments.posonlyargs) + len(arguments.args)
    return arguments.vararg is not None or taken >= count
