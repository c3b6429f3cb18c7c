"""The rules in the order they are tried: the first that applies mends the source."""

from collections.abc import Callable

from proposers.expert.repair import shape_rules, wrapping_rules
from proposers.expert.repair.case import Mended, RepairCase
from proposers.expert.repair.edits import parsed
from proposers.expert.repair.imports import missing_imports
from schemas.jobs import Failure
from schemas.task import Task

Rule = Callable[[RepairCase], Mended | None]

RULES: tuple[Rule, ...] = (
    shape_rules.markdown_fence,
    shape_rules.class_name,
    missing_imports,
    shape_rules.fit_weight,
    shape_rules.constructor,
    wrapping_rules.output,
    wrapping_rules.unseen_levels,
    wrapping_rules.gaps,
    wrapping_rules.strings,
    wrapping_rules.too_long,
    wrapping_rules.too_large,
)


def mend(
    source: str,
    failure: Failure,
    task: Task,
) -> Mended | None:
    """Mend a source by the first rule that knows its failure.

    Returns:
        Mended source that is Python and differs from the old one, or None.
    """
    if failure.kind == "internal":
        return None
    case = RepairCase(source, failure, task)
    for rule in RULES:
        mended = rule(case)
        if mended and mended.source != source and parsed(mended.source) is not None:
            return mended
    return None
