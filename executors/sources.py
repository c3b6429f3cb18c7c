"""Turns source text into modules (in the worker)."""

import linecache
import sys
from types import ModuleType

from executors.errors import ContractError
from executors.program import WorkerProgram

CANDIDATE_MODULE = "candidate"
FEATURES_MODULE = "features_{}"


def source_files(program: WorkerProgram) -> dict[str, str]:
    """Return the sources of a program by the file names that traces show."""
    features = [view.source for view in program.view]
    files = {}
    match program.mode:
        case "features":
            features = [program.source] if program.source else features
        case "fit" | "cluster" | "predict" | "state":
            files[f"{CANDIDATE_MODULE}.py"] = program.source
        case "judge" | "survey":
            features = []
    for number, source in enumerate(features):
        files[f"{FEATURES_MODULE.format(number)}.py"] = source
    return files


def load_module(name: str, source: str) -> ModuleType:
    """Run source as a module that can be imported, pickled by name and traced.

    Args:
        name: The module's name; its file name is that with `.py`.
        source: Python source.

    Raises:
        SyntaxError: The source is not Python. Anything else that the source raises.
    """
    file_name = f"{name}.py"
    lines = source.splitlines(keepends=True)
    linecache.cache[file_name] = (len(source), None, lines, file_name)
    module = ModuleType(name)
    module.__file__ = file_name
    sys.modules[name] = module
    code = compile(source, file_name, "exec", dont_inherit=True)
    exec(code, module.__dict__)  # noqa: S102 - the very purpose of a confined worker
    return module


def load_class(name: str, source: str, class_name: str) -> type:
    """Run source as a module and return the class that its contract asks for.

    Raises:
        ContractError: The source defines no such class.
    """
    found = getattr(load_module(name, source), class_name, None)
    if not isinstance(found, type):
        raise ContractError(f"the source defines no class {class_name}")
    return found
