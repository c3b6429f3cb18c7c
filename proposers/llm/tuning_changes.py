"""Puts typed changes of parameters into a source, after a look at their types."""

from proposers.expert.sources import Found, Parameters, Setting, replace_parameters
from proposers.llm.answers import TuneAnswer
from proposers.llm.chat.extraction import UnusableReplyError


def changed_source(source: str, found: Found, answer: TuneAnswer) -> str:
    """Return the source with its parameters changed.

    Args:
        source: The source to tune.
        found: Its parameters.
        answer: What is to change.
    """
    return replace_parameters(source, found, _changed(found.parameters, answer))


def check_changes(parameters: Parameters, answer: TuneAnswer) -> None:
    """Refuse changes that make no sense; the model is told why.

    Raises:
        UnusableReplyError: A name is unknown, a type differs, or nothing changes.
    """
    for change in answer.changes:
        if change.name not in parameters:
            known = ", ".join(parameters)
            raise UnusableReplyError(f"{change.name!r} is none of {known}")
        if not _fits(parameters[change.name], change.value):
            raise UnusableReplyError(f"{change.name!r} needs a value of the same type")
    if answer.changes and _changed(parameters, answer) == dict(parameters):
        raise UnusableReplyError("the changes leave every parameter as it is")


def in_words(answer: TuneAnswer) -> str:
    """The changes in a few words."""
    return ", ".join(f"{change.name} {change.value}" for change in answer.changes)


def _changed(parameters: Parameters, answer: TuneAnswer) -> dict[str, Setting]:
    changed = dict(parameters)
    for change in answer.changes:
        old, new = parameters[change.name], change.value
        is_count = isinstance(old, int) and not isinstance(old, bool)
        if is_count and isinstance(new, float):
            new = round(new)
        changed[change.name] = new
    return changed


def _fits(old: Setting, new: Setting) -> bool:
    """Whether a value may take the place of another: numbers for numbers, and so on."""
    match old, new:
        case bool(), _:
            return isinstance(new, bool)
        case int() | float(), int() | float():
            return not isinstance(new, bool)
        case (str(), str()) | (tuple(), tuple()) | (None, _) | (str(), float()):
            return True
        case _, None:
            return False
        case _:
            return type(old) is type(new)
