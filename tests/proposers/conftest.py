"""Runs sources as a worker would, on small tables of every kind of column."""

import hashlib
import linecache
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Literal, NamedTuple, Protocol

import cloudpickle
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from schemas.asks import Briefing
from schemas.base import BlobRef
from schemas.jobs import Failure, FailureKind
from schemas.table import (
    ColumnKind,
    ColumnProfile,
    ColumnSchema,
    TableProfile,
    TableSchema,
)
from schemas.task import Task, TaskKind
from tabular.masking import mask_message
from toolkit.spec import Spec

KINDS = {
    "width": ColumnKind.NUMERIC,
    "height": ColumnKind.NUMERIC,
    "level": ColumnKind.CATEGORY,
    "town": ColumnKind.CATEGORY,
    "note": ColumnKind.TEXT,
    "day": ColumnKind.DATETIME,
    "flag": ColumnKind.BOOLEAN,
}
CLASSES = {
    TaskKind.BINARY: ("no", "yes"),
    TaskKind.MULTICLASS: ("low", "middle", "high"),
}


class Data(NamedTuple):
    """Training rows with targets, and rows to predict with a level and a text of their own."""

    train: pd.DataFrame
    target: "pd.Series[float]"
    rows: pd.DataFrame


def make_data(kind: TaskKind, rows: int = 160) -> Data:
    random = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "width": random.normal(size=rows),
            "height": random.lognormal(size=rows),
            "level": pd.Categorical(random.choice(["u", "v", "w"], rows)),
            "town": pd.Categorical(random.choice([f"t{n}" for n in range(30)], rows)),
            "note": pd.Series(
                random.choice(["an apple", "A Pear 2"], rows), dtype="str"
            ),
            "day": pd.Timestamp("2020-01-01")
            + pd.to_timedelta(random.integers(0, 900, rows), unit="D"),
            "flag": pd.array(random.choice([True, False], rows), dtype="boolean"),
        }
    )
    signal = table["width"] + (table["level"] == "u") + 0.2 * random.normal(size=rows)
    for name in table.columns.drop("town"):
        table.loc[random.random(rows) < 0.1, name] = None
    cut = rows * 3 // 4
    table["level"] = table["level"].cat.add_categories(["new"])
    table.loc[rows - 1, "level"] = "new"
    table.loc[rows - 2, "note"] = "one plum"
    target = signal
    if kind is TaskKind.BINARY:
        target = (signal > signal.median()).astype("float64")
    elif kind is TaskKind.MULTICLASS:
        target = pd.Series(pd.qcut(signal, 3, labels=False)).astype("float64")
    return Data(table[:cut], target[:cut], table[cut:].reset_index(drop=True))


@dataclass
class TextStore:
    """Keeps texts in memory by their hash."""

    texts: dict[str, str] = field(default_factory=dict)

    def read_text(self, ref: BlobRef) -> str:
        return self.texts[ref.digest]

    def keep_text(self, text: str) -> BlobRef:
        content = text.encode()
        digest = hashlib.sha256(content).hexdigest()
        self.texts[digest] = text
        return BlobRef(digest=digest, size=len(content))


class SourceFailedError(RuntimeError):
    """Raised when a source did not do what its contract asks for."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.stage}: {failure.exception}: {failure.message}")
        self.failure = failure


def load(source: str) -> ModuleType:
    module = ModuleType("candidate")
    sys.modules["candidate"] = module
    linecache.cache["candidate.py"] = (len(source), None, [], "candidate.py")
    exec(compile(source, "candidate.py", "exec"), module.__dict__)  # noqa: S102
    return module


def check(kind: TaskKind, values: NDArray[np.float64], rows: int) -> str | None:
    """What the contract has against predictions, as the worker words it."""
    classes = len(CLASSES.get(kind, ()))
    if values.shape != ((rows, classes) if classes else (rows,)):
        return f"shape {values.shape}, expected {rows} rows"
    if not np.isfinite(values).all():
        return "values that are not finite"
    if classes and (values.min() < 0 or np.abs(values.sum(axis=1) - 1).max() > 1e-3):
        return "rows that do not sum to 1"
    return None


def run(
    source: str,
    kind: TaskKind,
    /,
    *,
    weight: object = None,
    warn: Literal["ignore", "error"] = "ignore",
) -> NDArray[np.float64]:
    """Load, fit, keep, restore and predict, as a worker does.

    Raises:
        SourceFailedError: With the failure that a proposer would be told.
    """
    with warnings.catch_warnings():
        warnings.simplefilter(warn)
        return _run(source, kind, make_data(kind), weight)


def _run(
    source: str, kind: TaskKind, data: Data, weight: object
) -> NDArray[np.float64]:
    spec = Spec(kind.value, CLASSES.get(kind, ()), 0, 1, 60.0, {})
    stage = "load"
    try:
        cls = getattr(load(source), "Candidate", None)
        if cls is None:
            raise SourceFailedError(  # noqa: TRY301 - one more way to fail in this stage
                Failure(
                    kind="contract",
                    stage="load",
                    message="the source defines no class Candidate",
                )
            )
        stage = "fit"
        candidate = cls(spec)
        if kind is TaskKind.CLUSTERING:
            candidate.fit(data.train)
        elif weight is None:
            candidate.fit(data.train, data.target)
        else:
            candidate.fit(data.train, data.target, weight)
        stage = "predict"
        restored = cloudpickle.loads(cloudpickle.dumps(candidate))
        method = "predict_proba" if kind in CLASSES else "predict"
        values = np.asarray(getattr(restored, method)(data.rows), dtype=np.float64)
    except SourceFailedError:
        raise
    except Exception as error:
        raise SourceFailedError(failure_of(error, stage)) from error
    fault = check(kind, values, len(data.rows))
    if fault:
        raise SourceFailedError(
            Failure(kind="contract", stage="output", message=f"{method} has {fault}")
        )
    return values


def failure_of(
    error: Exception, stage: str, kind: FailureKind = "exception"
) -> Failure:
    lines = [
        f"{frame.lineno}: {frame.line}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == "candidate.py"
    ]
    return Failure.model_validate(
        {
            "kind": kind,
            "stage": stage,
            "exception": type(error).__name__,
            "message": str(error)[:500],
            "lines": tuple(lines),
        }
    )


def make_briefing(
    kind: TaskKind,
    rows: int = 160,
    budget: float | None = None,
    trials: int | None = 10,
) -> Briefing:
    task = Task(
        kind=kind,
        target="y",
        classes=CLASSES.get(kind, ()),
        metric="log_loss",
        greater_is_better=False,
        rows=rows,
        features=len(KINDS),
        test_rows=0,
        folds=5,
        validation_rows=rows,
    )
    distinct = {"width": rows, "height": rows, "level": 3, "town": 30}
    return Briefing(
        task=task,
        profile=TableProfile(
            rows=rows,
            columns=tuple(
                ColumnProfile(
                    name=name,
                    kind=column,
                    missing_share=0.1,
                    distinct=distinct.get(name, 2),
                )
                for name, column in KINDS.items()
            ),
        ),
        schema_=TableSchema(
            columns=tuple(ColumnSchema(name=n, kind=k) for n, k in KINDS.items())
        ),
        budget_seconds=budget,
        trials=None if budget else trials,
    )


class RunSource(Protocol):
    def __call__(
        self,
        source: str,
        kind: TaskKind,
        /,
        *,
        weight: object = None,
        warn: Literal["ignore", "error"] = "ignore",
    ) -> NDArray[np.float64]: ...


class Failing(Protocol):
    def __call__(
        self, source: str, kind: TaskKind, /, *, weight: object = None
    ) -> Failure: ...


class MakeBriefing(Protocol):
    def __call__(
        self,
        kind: TaskKind,
        rows: int = 160,
        budget: float | None = None,
        trials: int | None = 10,
    ) -> Briefing: ...


MakeData = Callable[[TaskKind], Data]
LoadSource = Callable[[str], ModuleType]


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Small tables gain nothing from threads and lose much on a busy machine."""
    with threadpool_limits(1):
        yield


@pytest.fixture
def store() -> TextStore:
    return TextStore()


@pytest.fixture
def run_source() -> RunSource:
    return run


@pytest.fixture
def load_source() -> LoadSource:
    return load


@pytest.fixture
def briefing_for() -> MakeBriefing:
    return make_briefing


@pytest.fixture
def data_for() -> MakeData:
    return make_data


@pytest.fixture
def failing() -> Failing:
    """Run a broken source and return the failure it really had, masked as proposers see it."""

    def observe(source: str, kind: TaskKind, /, *, weight: object = None) -> Failure:
        with pytest.raises(SourceFailedError) as caught:
            run(source, kind, weight=weight)
        failure = caught.value.failure
        told = mask_message(failure.message, source, KINDS)
        return failure.model_copy(update={"message": told})

    return observe
