"""Tells what a candidate is worth without its parts."""

from reports.numbers import score_text
from schemas.ablation import AblatedPart, Ablation


def ablation_text(ablation: Ablation) -> str:
    """One line: its score on the fold, then that without each part, what matters most first."""
    parts = "; ".join(_part_text(part) for part in ablation.parts)
    return f"{score_text(ablation.score)} on the first fold; {parts}"


def _part_text(part: AblatedPart) -> str:
    where = "" if part.lines is None else f" ({_lines_text(*part.lines)})"
    scored = "fails" if part.score is None else score_text(part.score)
    return f"{scored} without {part.part}{where}"


def _lines_text(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first} to {last}"
