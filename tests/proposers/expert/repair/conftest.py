"""A task for which sources are mended, and short words for failures."""

from collections.abc import Callable

import pytest

from proposers.expert.repair.case import Mended, Subject
from proposers.expert.repair.rules import mend
from schemas.jobs import Failure, FailureKind
from schemas.task import Task, TaskKind

TASK = Task(
    kind=TaskKind.BINARY,
    target="y",
    classes=("no", "yes"),
    metric="roc_auc",
    greater_is_better=True,
    rows=100,
    features=2,
    test_rows=0,
    folds=5,
    validation_rows=100,
)
MendAfter = Callable[..., Mended | None]


@pytest.fixture
def mend_after() -> MendAfter:
    """Mends a source that failed in a way that is told in a few words."""

    def mended(
        source: str,
        message: str,
        exception: str | None = "TypeError",
        *,
        kind: FailureKind = "exception",
        lines: tuple[str, ...] = (),
        subject: Subject = "candidate",
    ) -> Mended | None:
        failure = Failure(
            kind=kind, stage="fit", exception=exception, message=message, lines=lines
        )
        return mend(source, failure, TASK, subject)

    return mended
