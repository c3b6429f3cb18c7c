"""What a model is told of the parts of a candidate, and which one it is to improve."""

from pydantic import JsonValue

from proposers.llm.facts import TEXT_SHOWN_CHARACTERS
from proposers.llm.untrusted import fence_untrusted
from schemas.ablation import AblatedPart, Ablation

LINE_SHOWN_CHARACTERS = 80
_TOLD = (
    "\n\nWhat it scores on one fold without one of its parts, the part that matters most "
    "first (`lost_without_it` is how much worse it is then, below zero if it is better):"
    "\n\n"
)
_ANY_PART = (
    "Change one part of it, the one from which you expect most: how columns are encoded "
    "or scaled, which columns are derived, the kind of model, its regularisation, or its "
    "loss. Leave the rest as it is."
)
_FIRST_PART = (
    "Improve the part that matters most, which is the first of these, and leave the rest "
    "as it is. If it is better without one of its parts, you may take that out instead."
)
_NO_PART = (
    "None of these parts helps on that fold. Take out the one without which it is best, "
    "or put something better in its place, and leave the rest as it is."
)


def ablation_section(ablation: Ablation | None, source: str) -> str:
    """What stands in the prompt after the earlier attempts; nothing without an ablation."""
    if ablation is None:
        return ""
    facts: dict[str, JsonValue] = {
        "score_with_all_parts": ablation.score,
        "parts": [_part_facts(part, source.splitlines()) for part in ablation.parts],
    }
    return _TOLD + fence_untrusted("ablation", facts)


def refinement_request(ablation: Ablation | None) -> str:
    """Which part is to be changed."""
    if ablation is None:
        return _ANY_PART
    losses = [part.loss for part in ablation.parts if part.loss is not None]
    return _FIRST_PART if max(losses, default=0.0) > 0 else _NO_PART


def _part_facts(part: AblatedPart, lines: list[str]) -> JsonValue:
    facts: dict[str, JsonValue] = {"part": part.part[: 2 * TEXT_SHOWN_CHARACTERS]}
    if part.lines is not None:
        first, last = part.lines
        facts["lines"] = str(first) if first == last else f"{first} to {last}"
        begins = "".join(lines[first - 1 : first]).strip()
        facts["begins"] = begins[:LINE_SHOWN_CHARACTERS]
    if part.loss is None:
        facts["score_without_it"] = "does not run"
    else:
        facts["score_without_it"] = part.score
        facts["lost_without_it"] = part.loss
    return facts
