"""Tells whether two sources say the same."""

import ast
import hashlib

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def fingerprint(source: str) -> str:
    """Hash a source by what it does: docstrings, comments and layout do not count.

    Returns:
        32 hex digits. Source that is not Python is hashed as text.
    """
    try:
        content = ast.dump(_without_docstrings(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError):
        content = source
    return hashlib.sha256(content.encode(errors="surrogatepass")).hexdigest()[:32]


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return tree
