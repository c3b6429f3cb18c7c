"""Rules for methods that do not take what the contract hands them."""

import ast
import re

from proposers.expert.repair.case import Mended, RepairCase
from proposers.expert.repair.edits import (
    add_default,
    add_method,
    add_parameter,
    find_class,
    find_method,
    parsed,
)

SELF_AND_SPEC = 2
SELF_X_Y = 3
SELF_X_Y_WEIGHT = 4
TAKEN = {
    "candidate": {"__init__": 2, "fit": 3, "predict": 2, "predict_proba": 2},
    "features": {"__init__": 1, "fit": 2, "transform": 2},
}
"""Positional arguments that each method is always given, `self` among them."""
_WEIGHT_KEYWORD = re.compile(r",\s*sample_weight\s*=\s*[\w.]+(?:\[[^\]]*\])?")
_MISSING = re.compile(r"(\w+)\(\) missing")


def constructor(case: RepairCase) -> Mended | None:
    """Let the constructor take `spec`."""
    defined = find_class(case.source, case.class_name)
    if case.subject != "candidate" or not _is_argument_error(case) or defined is None:
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


def fit_arguments(case: RepairCase) -> Mended | None:
    """Let `fit` take targets and row weights, which not every task hands it."""
    defined = find_class(case.source, case.class_name)
    method = find_method(defined, "fit") if defined else None
    if not _is_argument_error(case) or method is None:
        return None
    if "sample_weight" in case.failure.message:
        return None
    wanted = SELF_X_Y_WEIGHT if case.subject == "candidate" else SELF_X_Y
    names = ["y", "weight"][: wanted - 2]
    taken = _count(method)
    if method.args.vararg or not 1 < taken < wanted or not _was_given_more(case):
        return None
    names = names[taken - 2 :]
    parameters = ", ".join(f"{name}=None" for name in names)
    mended = add_parameter(case.source, method, parameters)
    return Mended(mended, f"`fit` did not take {' and '.join(names)}")


def inner_weight(case: RepairCase) -> Mended | None:
    """Leave row weights out where an estimator inside takes none."""
    if not _is_argument_error(case) or "sample_weight" not in case.failure.message:
        return None
    mended = _WEIGHT_KEYWORD.sub("", case.source)
    if mended == case.source or parsed(mended) is None:
        return None
    return Mended(mended, "an estimator inside takes no row weights")


def needless_arguments(case: RepairCase) -> Mended | None:
    """Let a method do without arguments that nobody hands it."""
    found = _MISSING.search(case.failure.message)
    defined = find_class(case.source, case.class_name)
    if not _is_argument_error(case) or not found or defined is None:
        return None
    name = found.group(1)
    method, given = find_method(defined, name), TAKEN[case.subject].get(name)
    if method is None or given is None:
        return None
    arguments = method.args
    positional = [*arguments.posonlyargs, *arguments.args]
    required = positional[given : len(positional) - len(arguments.defaults)]
    required += [
        argument
        for argument, default in zip(
            arguments.kwonlyargs, arguments.kw_defaults, strict=True
        )
        if default is None
    ]
    if not required:
        return None
    mended = case.source
    for argument in reversed(required):
        mended = add_default(mended, argument)
    names = ", ".join(argument.arg for argument in required)
    return Mended(mended, f"`{name}` asked for {names}, which it is not given")


def _is_argument_error(case: RepairCase) -> bool:
    return case.failure.exception == "TypeError" and "argument" in case.message


def _was_given_more(case: RepairCase) -> bool:
    return case.says("takes", "unexpected keyword")


def _count(method: ast.FunctionDef) -> int:
    return len(method.args.posonlyargs) + len(method.args.args)


def _takes(method: ast.FunctionDef, count: int) -> bool:
    """Whether the method takes so many positional arguments, `self` among them."""
    return method.args.vararg is not None or _count(method) >= count
