"""Rules for imports of what is not installed or stands somewhere else."""

import ast
import re

from proposers.expert.repair.case import Mended, RepairCase
from proposers.expert.repair.edits import add_import, parsed
from proposers.expert.repair.imports import IMPORTS

SUBSTITUTES = {
    "XGBClassifier": "from lightgbm import LGBMClassifier as XGBClassifier",
    "XGBRegressor": "from lightgbm import LGBMRegressor as XGBRegressor",
    "XGBRFClassifier": "from lightgbm import LGBMClassifier as XGBRFClassifier",
    "XGBRFRegressor": "from lightgbm import LGBMRegressor as XGBRFRegressor",
}
"""Names of packages that are not here, and what does nearly the same; LightGBM takes the
usual settings of XGBoost under their own names."""
_XGBOOST_OBJECTIVE = re.compile(
    r",?\s*(?:objective|eval_metric|tree_method|use_label_encoder|booster|num_class)"
    r"\s*=\s*(?:\"[^\"]*\"|'[^']*'|\w+)"
)
_LINE = re.compile(r"(\d+): ")
IMPORT_ERRORS = frozenset({"ModuleNotFoundError", "ImportError"})


def absent_module(case: RepairCase) -> Mended | None:
    """Leave out an import that is not used, or put something here in its place."""
    tree = parsed(case.source)
    if case.failure.exception not in IMPORT_ERRORS or tree is None:
        return None
    node = _failed_import(case, tree)
    if node is None:
        return None
    used = [alias for alias in node.names if _is_used(tree, _bound(alias))]
    lines = [_line_for(node, alias) for alias in used]
    if any(line is None for line in lines):
        return None
    mended = _without(case.source, node)
    for line in lines:
        mended = add_import(mended, line or "")
    if any("lightgbm" in (line or "") for line in lines):
        mended = _XGBOOST_OBJECTIVE.sub("", mended).replace("(, ", "(")
    names = ", ".join(alias.name for alias in node.names)
    return Mended(mended, f"there is no {names} to import here")


def _failed_import(
    case: RepairCase, tree: ast.Module
) -> ast.Import | ast.ImportFrom | None:
    """The import on the innermost of the candidate's own lines."""
    numbers = [_LINE.match(line) for line in case.failure.lines]
    last = next((int(found.group(1)) for found in reversed(numbers) if found), None)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and node.lineno == last:
            return node
    return None


def _bound(alias: ast.alias) -> str:
    return (alias.asname or alias.name).split(".")[0]


def _is_used(tree: ast.Module, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(tree))


def _line_for(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str | None:
    """A line that binds the same name to what there is, or None."""
    if isinstance(node, ast.Import):
        return None
    line = SUBSTITUTES.get(alias.name) or IMPORTS.get(alias.name)
    if line is None or alias.asname is None:
        return line
    return f"{line.split(' as ')[0]} as {alias.asname}"


def _without(source: str, node: ast.Import | ast.ImportFrom) -> str:
    """The source without an import; what must hold a statement gets `pass`."""
    lines = source.splitlines()
    lines[node.lineno - 1 : node.end_lineno] = (
        [f"{' ' * node.col_offset}pass"] if node.col_offset else []
    )
    return "\n".join(lines) + "\n"
