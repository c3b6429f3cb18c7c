"""Small edits of Python source that keep its layout and comments."""

import ast
import re

CANDIDATE = "Candidate"
WRAPPERS = {
    "Candidate": "toolkit.repairs",
    "Features": "toolkit.feature_repairs",
}
"""Where the wrappers of each class of a contract stand."""
_STATEMENT = re.compile(r"import |from \w|class \w|@\w|[A-Z_]+ = |\"\"\"|#")
PROSE_STARTS = 5
"""So many places are tried for the first line of the code."""
FENCED = re.compile(r"```[\w+-]*[ \t]*\n(.*?)(?:```|\Z)", re.DOTALL)


def parsed(source: str) -> ast.Module | None:
    """The syntax tree, or None if this is not Python."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return None


def find_class(source: str, name: str = CANDIDATE) -> ast.ClassDef | None:
    """The last top-level class that goes by that name: the one that counts."""
    tree = parsed(source)
    found: dict[str, ast.ClassDef] = {}
    for node in tree.body if tree else []:
        match node:
            case ast.ClassDef():
                found[node.name] = node
            case ast.Assign(targets=[ast.Name(id=alias)], value=ast.Name(id=known)) if (
                known in found
            ):
                found[alias] = found[known]
            case _:
                continue
    return found.get(name)


def find_method(defined: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    """A method that the class itself defines."""
    for node in defined.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node
    return None


def add_import(source: str, line: str) -> str:
    """Put an import before the first statement that is neither docstring nor future."""
    if line in source.splitlines():
        return source
    tree = ast.parse(source)
    body = tree.body
    while body and (_is_text(body[0]) or _is_future(body[0])):
        body = body[1:]
    first = body[0] if body else None
    decorators = first.decorator_list if isinstance(first, ast.ClassDef) else []
    at = min([first.lineno, *(d.lineno for d in decorators)]) if first else 1
    lines = source.splitlines()
    lines.insert(at - 1, line)
    if first and not isinstance(first, ast.Import | ast.ImportFrom):
        lines.insert(at, "")
    return "\n".join(lines) + "\n"


def wrap(
    source: str, wrapper: str, extra: str = "", name: str = CANDIDATE
) -> str | None:
    """Derive the class of a contract from a wrapper, over the class as written.

    Args:
        source: Source with the class.
        wrapper: Name of the wrapper.
        extra: A further line for the body of the new class.
        name: Name of the class.

    Returns:
        The longer source, or None if the class is not there or so wrapped already.
    """
    if find_class(source, name) is None or f"({wrapper})" in source:
        return None
    written = _free_name(source, f"Written{name}")
    renamed = re.sub(rf"\b{name}\b", written, source)
    imported = add_import(renamed, f"from {WRAPPERS[name]} import {wrapper}")
    body = f"    written = {written}\n" + (f"    {extra}\n" if extra else "")
    return f"{imported.rstrip()}\n\n\nclass {name}({wrapper}):\n{body}"


def add_default(source: str, parameter: ast.arg) -> str:
    """Let a parameter be left out: it is None then."""
    lines = source.splitlines()
    row = (parameter.end_lineno or 1) - 1
    # Offsets of the syntax tree count bytes.
    content, at = lines[row].encode(), parameter.end_col_offset or 0
    lines[row] = (content[:at] + b"=None" + content[at:]).decode()
    return "\n".join(lines) + "\n"


def add_parameter(source: str, method: ast.FunctionDef, parameter: str) -> str:
    """Add a parameter with a default at the end of a method's positional ones."""
    arguments = method.args
    positional: list[ast.arg | ast.expr] = [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.defaults,
    ]
    last = max(
        positional, key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0)
    )
    lines = source.splitlines()
    row = (last.end_lineno or 1) - 1
    # Offsets of the syntax tree count bytes.
    content = lines[row].encode()
    at = last.end_col_offset or 0
    lines[row] = (content[:at] + f", {parameter}".encode() + content[at:]).decode()
    return "\n".join(lines) + "\n"


def add_method(source: str, defined: ast.ClassDef, text: str) -> str:
    """Put a method at the top of a class, after its docstring."""
    lines = source.splitlines()
    has_docstring = _is_text(defined.body[0])
    first = defined.body[0]
    at = (first.end_lineno or first.lineno) if has_docstring else first.lineno - 1
    margin = " " * first.col_offset
    method = [f"{margin}{line}" if line else "" for line in text.splitlines()]
    lines[at:at] = ["", *method] if has_docstring else [*method, ""]
    return "\n".join(lines) + "\n"


def unfenced(source: str) -> str | None:
    """The longest fenced block of a markdown answer, if it is Python."""
    blocks = [block for block in FENCED.findall(source) if parsed(block) is not None]
    return max(blocks, key=len) if blocks else None


def without_prose(source: str) -> str | None:
    """The longest run of whole lines that is Python and holds a class, or None."""
    lines = source.splitlines()
    starts = [n for n, line in enumerate(lines) if _STATEMENT.match(line)]
    for start in starts[:PROSE_STARTS]:
        for end in range(len(lines), start, -1):
            block = "\n".join(lines[start:end]) + "\n"
            tree = parsed(block)
            if tree and any(isinstance(node, ast.ClassDef) for node in tree.body):
                return block
            if lines[end - 1].startswith((" ", "\t")):
                # What is indented is code: a mistake in it is not to be cut away.
                break
    return None


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _free_name(source: str, name: str) -> str:
    number, free = 2, name
    while re.search(rf"\b{free}\b", source):
        free, number = f"{name}{number}", number + 1
    return free
