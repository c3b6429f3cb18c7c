"""Edits of source that keep its layout."""

import ast

from proposers.expert.repair.edits import (
    add_import,
    add_method,
    add_parameter,
    find_class,
    find_method,
    unfenced,
    wrap,
)

SOURCE = '''"""Doc."""

from __future__ import annotations

import math


class Candidate:
    """Größe."""

    def fit(self, X, y=math.pi):  # a comment
        return self
'''


def test_an_import_goes_behind_docstring_and_future() -> None:
    lines = add_import(SOURCE, "import re").splitlines()

    assert lines.index("import re") == lines.index("import math") - 1
    assert add_import(SOURCE, "import math") == SOURCE


def test_an_import_stands_apart_from_a_class_with_its_decorators() -> None:
    mended = add_import("@mark\nclass A: ...\n", "import re")

    assert mended == "import re\n\n@mark\nclass A: ...\n"


def test_a_parameter_is_added_after_defaults_and_keeps_comments() -> None:
    defined = find_class(SOURCE)
    assert defined is not None
    method = find_method(defined, "fit")
    assert method is not None

    mended = add_parameter(SOURCE, method, "weight=None")

    assert "def fit(self, X, y=math.pi, weight=None):  # a comment" in mended


def test_a_method_goes_behind_the_docstring() -> None:
    defined = find_class(SOURCE)
    assert defined is not None

    mended = add_method(SOURCE, defined, "def go(self):\n    return 1\n")

    new = find_class(mended)
    assert new is not None
    assert [node.name for node in new.body if isinstance(node, ast.FunctionDef)] == [
        "go",
        "fit",
    ]
    assert ast.get_docstring(new) == "Größe."


def test_wrapping_twice_nests_and_the_same_wrapper_is_refused() -> None:
    once = wrap(SOURCE, "Imputed")
    assert once is not None
    twice = wrap(once, "CleanOutput")
    assert twice is not None

    assert wrap(twice, "Imputed") is None
    names = [
        node.name for node in ast.parse(twice).body if isinstance(node, ast.ClassDef)
    ]
    assert names == ["WrittenCandidate", "WrittenCandidate2", "Candidate"]


def test_the_longest_fenced_block_that_is_python_is_taken() -> None:
    answer = "So:\n```\nnot python at all, is it\n```\n```py\nx = 1\n```\n```\ny = [\n1]\n```"

    assert unfenced(answer) == "y = [\n1]\n"
    assert unfenced("no fence") is None
