"""Finds the source files that some code needs, and the packages that these import."""

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CARRIED_ROOMS = frozenset({"executors", "exported", "tabular", "toolkit"})
"""Rooms whose plain modules may be copied into an exported folder."""


@dataclass(slots=True)
class Closure:
    """Modules of ours and packages of others.

    Attributes:
        modules: Our modules, by their dotted names, packages included.
        imported: Dotted names that are imported from packages of others.
    """

    modules: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)

    @property
    def packages(self) -> set[str]:
        """Top-level names of third-party packages."""
        return {name.partition(".")[0] for name in self.imported}

    def paths(self) -> list[Path]:
        """The files of our modules, relative to the root."""
        return sorted(_file_of(name).relative_to(ROOT) for name in self.modules)


def find_closure(modules: Iterable[str], sources: Iterable[str]) -> Closure:
    """Follow imports from modules of ours and from sources that stand alone.

    Imports for type checkers only are not followed.

    Args:
        modules: Dotted names.
        sources: Python source.
    """
    closure = Closure()
    waiting = list(modules)
    for source in sources:
        waiting += _imports(source)
    while waiting:
        name = waiting.pop()
        top = name.partition(".")[0]
        if top in CARRIED_ROOMS:
            for part in _with_packages(name):
                if part not in closure.modules:
                    closure.modules.add(part)
                    waiting += _imports(_file_of(part).read_text(encoding="utf-8"))
        elif top not in sys.stdlib_module_names:
            closure.imported.add(name)
    return closure


def _with_packages(name: str) -> Iterator[str]:
    """The module itself, if it is one and no name in it, and the packages around it."""
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        part = ".".join(parts[:count])
        if _file_of(part).is_file():
            yield part


def _file_of(name: str) -> Path:
    path = ROOT.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _imports(source: str) -> list[str]:
    found: list[str] = []
    _collect(ast.parse(source), found)
    return found


def _collect(node: ast.AST, found: list[str]) -> None:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                for other in child.orelse:
                    _collect(other, found)
            case ast.Import(names=names):
                found += [alias.name for alias in names]
            case ast.ImportFrom(module=str(module), names=names, level=0):
                found.append(module)
                found += [f"{module}.{alias.name}" for alias in names]
            case _:
                _collect(child, found)
