"""Tells sources that bring code of their own from those made of our blocks alone."""

import ast

TOOLKIT = "toolkit"


def is_only_toolkit(source: str) -> bool:
    """Whether everything that a source imports is of the toolkit, which seeds what it draws."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return all(name.split(".")[0] == TOOLKIT for name in _imported(tree))


def _imported(tree: ast.Module) -> list[str]:
    names: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                names += [alias.name for alias in aliases]
            case ast.ImportFrom(module=module):
                names.append(module or "")
            case ast.Name(id="__import__" | "exec" | "eval"):
                names.append("")
            case _:
                pass
    return names
