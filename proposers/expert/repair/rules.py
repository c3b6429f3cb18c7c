"""The rules in the order they are tried: the first that applies mends the source."""

from collections.abc import Callable

from proposers.expert.repair import (
    habit_rules,
    module_rules,
    shape_rules,
    syntax_rules,
    wrapping_rules,
)
from proposers.expert.repair.case import Mended, RepairCase, Subject
from proposers.expert.repair.edits import parsed
from proposers.expert.repair.imports import missing_imports
from schemas.jobs import Failure
from schemas.task import Task

Rule = Callable[[RepairCase], Mended | None]

RULES: tuple[Rule, ...] = (
    syntax_rules.syntax,
    syntax_rules.class_name,
    missing_imports,
    module_rules.absent_module,
    shape_rules.inner_weight,
    shape_rules.needless_arguments,
    shape_rules.fit_arguments,
    shape_rules.constructor,
    habit_rules.unseeded,
    habit_rules.read_only,
    habit_rules.absent_columns,
    wrapping_rules.single_class,
    habit_rules.not_converged,
    wrapping_rules.output,
    wrapping_rules.new_columns,
    wrapping_rules.unseen_levels,
    wrapping_rules.gaps,
    wrapping_rules.strings,
    wrapping_rules.too_long,
    wrapping_rules.too_large,
)
"""Those that know their failure exactly come before those that wrap a class on suspicion."""


def mend(
    source: str, failure: Failure, task: Task, subject: Subject = "candidate"
) -> Mended | None:
    """Mend a source by the first rule that knows its failure.

    Args:
        source: What failed.
        failure: Why.
        task: What is to be learned.
        subject: Whether the source is that of a candidate or of a feature program.

    Returns:
        Mended source that is Python and differs from the old one, or None.
    """
    if failure.kind == "internal":
        return None
    case = RepairCase(source, failure, task, subject)
    for rule in RULES:
        mended = rule(case)
        if mended and mended.source != source and parsed(mended.source) is not None:
            return mended
    return None
