"""What a run goes on with when a user changes its settings or gives it more to spend."""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import ValidationError

from agents.lanes import is_hybrid
from engine.errors import EngineError
from engine.past import Past
from engine.quantities import parse_bytes, parse_seconds
from schemas.settings import RunSettings

FIELDS_BY_OPTION = {
    "budget": "budget_seconds",
    "memory": "memory_bytes",
    "feedback": "is_feedback_on",
    "tuning": "is_tuning_on",
}
"""Options whose field has another name than they."""
FIXED_FIELDS = frozenset({"tables", "seed", "threads"})
"""What rows, splits and everything that was drawn depend on."""
CHANGEABLE_OPTIONS = {
    name.replace("_", "-"): field
    for name, field in (
        {f: f for f in RunSettings.model_fields if f not in FIELDS_BY_OPTION.values()}
        | FIELDS_BY_OPTION
    ).items()
    if field not in FIXED_FIELDS
}
SMALLEST = {"workers": 1, "trials": 1}
NOTHING = frozenset({"", "none"})


class ChangeError(EngineError):
    """Raised when settings cannot be changed in the way that was asked for."""


class More(NamedTuple):
    """What a finished run gets beyond what it has spent; exactly one of both."""

    budget: str | None
    trials: int | None


def with_more(past: Past, more: More) -> RunSettings:
    """The settings of a run that may spend more than it has.

    Args:
        past: What the run has spent.
        more: How much more.

    Raises:
        ChangeError: Both bounds are named, or none.
        QuantityError: The budget is no duration.
    """
    if (more.budget is None) == (more.trials is None):
        raise ChangeError("say how much more: either --budget or --trials")
    if more.budget is not None:
        total = past.elapsed_seconds + parse_seconds(more.budget)
        return _updated(past.settings, {"budget_seconds": total, "trials": None})
    if more.trials is None or more.trials < 1:
        raise ChangeError("--trials must be at least 1")
    trials = past.trials + more.trials
    return _updated(past.settings, {"budget_seconds": None, "trials": trials})


def changed(settings: RunSettings, choices: Sequence[str]) -> RunSettings:
    """Apply choices of the form `option=value`.

    Args:
        settings: What held so far.
        choices: Options go by their names on the command line, `budget=90s`; a bound takes
            the place of the other one.

    Raises:
        ChangeError: There is no such option, it cannot be changed, or not to that.
        QuantityError: A duration or an amount of memory cannot be read.
    """
    changes: dict[str, object] = {}
    for choice in choices:
        option, equals, value = choice.partition("=")
        field = CHANGEABLE_OPTIONS.get(option.strip().replace("_", "-"))
        if not equals or field is None:
            names = ", ".join(sorted(CHANGEABLE_OPTIONS))
            raise ChangeError(
                f"--set {choice!r}: write option=value with one of {names}"
            )
        changes |= _change(field, value.strip(), settings)
    return _updated(settings, changes)


def _change(field: str, value: str, settings: RunSettings) -> dict[str, object]:
    if value.lower() in NOTHING:
        return {field: None}
    match field:
        case "budget_seconds":
            return {field: parse_seconds(value), "trials": None}
        case "trials":
            return {field: value, "budget_seconds": None}
        case "memory_bytes":
            return {field: parse_bytes(value) // settings.workers}
        case _:
            return {field: value}


def _updated(settings: RunSettings, changes: dict[str, object]) -> RunSettings:
    try:
        new = RunSettings.model_validate({**dict(settings), **changes})
    except ValidationError as error:
        complaint = error.errors()[0]
        name = str(complaint["loc"][0])
        raise ChangeError(
            f"{name} cannot be {complaint['input']!r}: {complaint['msg']}"
        ) from error
    for name in changes:
        value, smallest = getattr(new, name), SMALLEST.get(name, 0)
        if isinstance(value, int | float) and value < smallest:
            raise ChangeError(f"{name} cannot be below {smallest}")
    if is_hybrid(new) != is_hybrid(settings):
        raise ChangeError("proposer cannot change to hybrid or from it: another team")
    if (new.budget_seconds is None) == (new.trials is None):
        raise ChangeError("a run is bounded by budget or by trials")
    return new
