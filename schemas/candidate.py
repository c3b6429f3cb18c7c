"""Candidates and views: the things that are tried."""

from typing import Literal

from schemas.base import BlobRef, Frozen


class ViewProgram(Frozen):
    """A feature program as a view uses it.

    Attributes:
        name: The program's short name.
        source: Its Python source, which defines `class Features`.
        columns: The columns of its output that the view takes.
    """

    name: str
    source: BlobRef
    columns: tuple[str, ...]


class View(Frozen):
    """What a candidate sees: the raw columns and the columns of some feature programs."""

    name: str
    programs: tuple[ViewProgram, ...] = ()


RAW_VIEW = View(name="raw")


Operator = Literal["draft", "refine", "tune", "cross", "swap", "repair", "stack"]


class Candidate(Frozen):
    """One version of a candidate: source and the view that it is fitted on.

    Attributes:
        id: `<loop>-v<version>`, unique in the run.
        loop: The loop whose life this is.
        version: 1 for the draft, higher for repairs and refinements.
        family: Kind of estimator, for diversity and reports (`lightgbm`, `linear`, ...).
        title: What it is, in a few words.
        source: Python source that defines `class Candidate`.
        fingerprint: Hash of the source with names of comments and layout taken away.
        view: What it is fitted on.
        origin: Who wrote it (`expert`, `llm`, `scripted`, `critic`).
        operator: How it came about; `cross` made it of two, `swap` fits a source on another
            view, `stack` is a level-2 learner over others' predictions.
        parent: The version it was made from, or None.
    """

    id: str
    loop: str
    version: int
    family: str
    title: str
    source: BlobRef
    fingerprint: str
    view: View
    origin: str
    operator: Operator
    parent: str | None = None
