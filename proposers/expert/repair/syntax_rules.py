"""Rules for text that is no Python, or is not called what the contract asks for."""

import ast
import textwrap
from collections.abc import Callable

from proposers.expert.repair.case import Mended, RepairCase
from proposers.expert.repair.edits import (
    find_class,
    find_method,
    parsed,
    unfenced,
    without_prose,
)

METHODS = {
    "Candidate": (("fit", "predict"), ("fit", "predict_proba")),
    "Features": (("fit", "transform"),),
}
"""What a class must have to be taken for the one that the contract asks for."""
TYPOGRAPHY = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2212": "-",
        "\u00a0": " ",
        "\u200b": None,
        "\ufeff": None,
    }
)
"""Characters that word processors put in place of those that Python knows."""


def _dedented(source: str) -> str:
    return textwrap.dedent(source.expandtabs(4)).strip() + "\n"


def _plain_signs(source: str) -> str:
    return source.translate(TYPOGRAPHY)


CLEANINGS: tuple[tuple[Callable[[str], str | None], str], ...] = (
    (unfenced, "the code stood inside a markdown fence"),
    (_dedented, "the code was indented as a whole or mixed tabs and spaces"),
    (_plain_signs, "quotes, dashes or spaces were those of a word processor"),
    (without_prose, "there was text before or after the code"),
)


def syntax(case: RepairCase) -> Mended | None:
    """Take away what is no code: fences, indents, typographic signs, prose."""
    if parsed(case.source) is not None:
        return None
    for clean, diagnosis in CLEANINGS:
        code = clean(case.source)
        if code is not None and _has_class(code):
            return Mended(code, diagnosis)
    code = without_prose(_dedented(_plain_signs(case.source)))
    return Mended(code, "the code stood among other text") if code else None


def _has_class(code: str) -> bool:
    tree = parsed(code)
    return tree is not None and any(isinstance(n, ast.ClassDef) for n in tree.body)


def class_name(case: RepairCase) -> Mended | None:
    """Give the one class that looks right the name that the contract asks for."""
    tree, wanted = parsed(case.source), case.class_name
    if tree is None or find_class(case.source, wanted) is not None:
        return None
    fitting = [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and any(
            all(find_method(node, method) for method in methods)
            for methods in METHODS[wanted]
        )
    ]
    if len(fitting) != 1:
        return None
    alias = f"{case.source.rstrip()}\n\n\n{wanted} = {fitting[0]}\n"
    return Mended(alias, f"class {fitting[0]} was not called {wanted}")
