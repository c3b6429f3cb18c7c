"""Ablation: what a candidate is worth without one of its parts."""

from schemas.base import BlobRef, Frozen
from schemas.candidate import View


class AblatedVersion(Frozen):
    """A candidate without one of its parts, which is fitted on one fold and never pooled.

    Attributes:
        part: What was taken out, in words.
        lines: First and last line of it in the candidate's source, None for a view.
        source: What is left.
        view: What it is fitted on.
    """

    part: str
    lines: tuple[int, int] | None
    source: BlobRef
    view: View


class AblatedPart(Frozen):
    """What the candidate scores without a part.

    Attributes:
        part: The part, in words.
        lines: Its first and last line in the candidate's source, None for a view.
        score: Score on the fold without it, to three significant digits; None if what is
            left does not run.
        loss: How much better the candidate is with it, whatever direction the metric has:
            below zero for a part that hurts. None without a score.
    """

    part: str
    lines: tuple[int, int] | None
    score: float | None
    loss: float | None


class Ablation(Frozen):
    """Which parts of a candidate matter.

    Attributes:
        candidate: The candidate's id.
        score: Its own score on the fold, to three significant digits.
        parts: Its parts, the one that matters most first, those without a score last.
    """

    candidate: str
    score: float
    parts: tuple[AblatedPart, ...]
