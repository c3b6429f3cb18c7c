"""`features.csv`: one row for each new column that was tried, from the journal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reports.csv_file import write_rows
from schemas.base import Frozen
from schemas.envelope import Envelope
from schemas.sayings import FeatureJudged

COLUMNS = (
    "program",
    "column",
    "accepted",
    "importance",
    "shadow",
    "statistic",
    "fault",
    "folds",
)


class FeatureRow(Frozen):
    """What became of one new column, or of a program that never made any.

    Attributes:
        program: The program's name.
        column: The column's name, None for a program that did not run.
        accepted: Whether it lasted: `yes` or `no`.
        importance: Its mean importance over the folds it was looked at in.
        shadow: What chance reaches, on average over them.
        statistic: Mutual information, F statistic or smoothness.
        fault: Why it was rejected, empty if it was not.
        folds: In how many folds it was looked at.
    """

    program: str
    column: str | None
    accepted: str
    importance: float | None
    shadow: float | None
    statistic: float | None
    fault: str
    folds: int


def derive_features(envelopes: Iterable[Envelope]) -> list[FeatureRow]:
    """Fold a journal into what became of each new column.

    Args:
        envelopes: All lines in order, or any prefix of them.

    Returns:
        Rows program by program in the order in which they were written, in each the
        accepted columns first, then the more important ones.
    """
    fold = FeatureFold()
    for envelope in envelopes:
        fold.hear(envelope)
    return fold.rows()


@dataclass(slots=True)
class FeatureFold:
    """Takes in a journal line by line."""

    latest: dict[str, FeatureJudged] = field(default_factory=dict)

    def hear(self, envelope: Envelope) -> None:
        """Take in the next line."""
        if isinstance(envelope.body, FeatureJudged):
            self.latest[envelope.loop or envelope.body.program] = envelope.body

    def rows(self) -> list[FeatureRow]:
        """Return the rows of what was heard so far, in their order."""
        found = sorted(self.latest.items())
        return [row for _, judged in found for row in _rows(judged)]


def _rows(judged: FeatureJudged) -> list[FeatureRow]:
    if not judged.judgements:
        return [_failed_row(judged)]
    rows = [
        FeatureRow(
            program=judged.program,
            column=column.name,
            accepted="yes" if column.fault is None else "no",
            importance=column.importance,
            shadow=column.shadow_importance,
            statistic=column.statistic,
            fault=column.fault or "",
            folds=column.folds,
        )
        for column in judged.judgements
    ]
    return sorted(
        rows, key=lambda row: (row.accepted == "no", -(row.importance or 0.0))
    )


def _failed_row(judged: FeatureJudged) -> FeatureRow:
    failure = judged.failure
    parts = [judged.reason]
    if failure is not None:
        parts += [failure.exception or failure.kind, failure.message]
    return FeatureRow(
        program=judged.program,
        column=None,
        accepted="no",
        importance=None,
        shadow=None,
        statistic=None,
        fault=": ".join(part for part in parts if part),
        folds=0,
    )


def write_features(rows: Sequence[FeatureRow], path: Path) -> None:
    """Write the rows as CSV; the file is there whole or not at all.

    Args:
        rows: The rows in order.
        path: Where to write them.
    """
    write_rows(COLUMNS, rows, path)
