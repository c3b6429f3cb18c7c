"""Each rule mends a source that was really broken: break, run, observe, repair, run."""

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from proposers.expert.repair.rules import mend
from schemas.jobs import Failure
from schemas.task import TaskKind

if TYPE_CHECKING:
    from tests.proposers.conftest import Failing, MakeBriefing, RunSource

REPAIRS = 3
HEAD = """
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression, Ridge
"""

PLAIN = (
    HEAD
    + """

class Candidate:
    def __init__(self, spec):
        self.model = LogisticRegression()

    def fit(self, X, y, weight=None):
        self.model.fit(X[["width", "height"]].fillna(0), y)
        return self

    def predict(self, X):
        return self.model.predict(X[["width", "height"]].fillna(0))

    def predict_proba(self, X):
        return self.model.predict_proba(X[["width", "height"]].fillna(0))
"""
)
FILLED = '[["width", "height"]].fillna(0)'

GAPS = PLAIN.replace(FILLED, '[["width", "height"]]')
STRINGS = PLAIN.replace(FILLED, '[["town", "level", "width"]]')
UNSEEN = PLAIN.replace(
    "LogisticRegression()",
    "make_pipeline(OneHotEncoder(), LogisticRegression())",
).replace(FILLED, '[["level"]].astype(object).fillna("none")')
UNSEEN = UNSEEN.replace(
    HEAD,
    HEAD
    + "from sklearn.pipeline import make_pipeline\n"
    + "from sklearn.preprocessing import OneHotEncoder\n",
)
DUMMIES = PLAIN.replace(FILLED, '[["note"]].pipe(pd.get_dummies)')
NO_IMPORTS = PLAIN.replace(
    HEAD, '"""Linear."""\n\nfrom __future__ import annotations\n'
)
FENCED = f"Here is the candidate:\n\n```python\n{PLAIN}\n```\n\nIt is linear."
OTHER_NAME = PLAIN.replace("class Candidate", "class MyModel")
NO_WEIGHT = PLAIN.replace("fit(self, X, y, weight=None)", "fit(self, X, y)")
INNER_WEIGHT = PLAIN.replace("LogisticRegression()", "KNeighborsClassifier()").replace(
    "fillna(0), y)", "fillna(0), y, sample_weight=weight)"
)
INNER_WEIGHT = INNER_WEIGHT.replace(
    HEAD, HEAD + "from sklearn.neighbors import KNeighborsClassifier\n"
)
NO_SPEC = PLAIN.replace("__init__(self, spec)", "__init__(self)")
NO_CONSTRUCTOR = PLAIN.replace(
    "    def __init__(self, spec):\n        self.model = LogisticRegression()\n",
    '    """Linear."""\n\n    model = LogisticRegression()\n',
)
NO_PROBA = PLAIN[: PLAIN.index("    def predict_proba")]
ONE_COLUMN = PLAIN.replace(
    f"predict_proba(X{FILLED})", f"predict_proba(X{FILLED})[:, 1]"
)
ODD_SUMS = PLAIN.replace(f"predict_proba(X{FILLED})", f"predict_proba(X{FILLED}) * 3")
NOT_FINITE = PLAIN.replace(
    f"predict_proba(X{FILLED})", f"predict_proba(X{FILLED}) / np.zeros(2)"
)
NUMBERS_AS_TEXT = PLAIN.replace(
    f"return self.model.predict_proba(X{FILLED})",
    'return np.full((len(X), 2), "often")',
)

BROKEN = {
    "missing values": (GAPS, "missing values"),
    "string columns": (STRINGS, "numbers"),
    "unseen level": (UNSEEN, "level"),
    "changing dummies": (DUMMIES, "numbers"),
    "no imports": (NO_IMPORTS, "without an import"),
    "markdown": (FENCED, "markdown"),
    "other class name": (OTHER_NAME, "not called Candidate"),
    "constructor without spec": (NO_SPEC, "spec"),
    "no constructor": (NO_CONSTRUCTOR, "spec"),
    "no predict_proba": (NO_PROBA, "predict_proba"),
    "one column": (ONE_COLUMN, "form"),
    "odd sums": (ODD_SUMS, "form"),
    "not finite": (NOT_FINITE, "form"),
}


class Repaired(NamedTuple):
    """Predictions of a mended source, and what was wrong with it, in order."""

    values: NDArray[np.float64]
    diagnoses: list[str]


Repairer = Callable[..., Repaired]


@pytest.fixture
def repaired(
    failing: "Failing", briefing_for: "MakeBriefing", run_source: "RunSource"
) -> Repairer:
    """Mends until it runs, at most three times, as the critic does."""

    def repair(source: str, kind: TaskKind, weight: object = None) -> Repaired:
        diagnoses: list[str] = []
        while len(diagnoses) < REPAIRS:
            failure = failing(source, kind, weight=weight)
            mended = mend(source, failure, briefing_for(kind).task)
            assert mended is not None, f"no rule for {failure}"
            source = mended.source
            diagnoses.append(mended.diagnosis)
            try:
                return Repaired(run_source(source, kind, weight=weight), diagnoses)
            except RuntimeError:
                continue
        raise AssertionError(f"still failing after {diagnoses}")

    return repair


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_classifier_runs_after_its_repair(
    name: str, repaired: Repairer
) -> None:
    source, words = BROKEN[name]
    kind = TaskKind.BINARY

    values, diagnoses = repaired(source, kind)

    assert words in diagnoses[0]
    assert values.shape == (40, 2)


@pytest.mark.parametrize("source", [NO_WEIGHT, INNER_WEIGHT], ids=["fit", "estimator"])
def test_row_weights_that_are_not_taken_are_mended(
    source: str, repaired: Repairer
) -> None:
    weight = np.ones(120)

    _, diagnoses = repaired(source, TaskKind.BINARY, weight=weight)

    assert len(diagnoses) == 1
    assert "weight" in diagnoses[0]


def test_a_regressor_with_gaps_strings_and_two_columns_is_mended_step_by_step(
    repaired: Repairer,
) -> None:
    source = (
        HEAD
        + """

class Candidate:
    def __init__(self, spec):
        self.model = Ridge()

    def fit(self, X, y, weight=None):
        self.model.fit(X, np.column_stack([y, y]))

    def predict(self, X):
        return self.model.predict(X)
"""
    )

    values, diagnoses = repaired(source, TaskKind.REGRESSION)

    assert np.isfinite(values).all()
    assert 2 <= len(diagnoses) <= 3


def test_a_clusterer_with_gaps_is_mended(repaired: Repairer) -> None:
    source = """
from sklearn.cluster import KMeans


class Candidate:
    def __init__(self, spec):
        self.model = KMeans(3, random_state=0)

    def fit(self, X):
        self.model.fit(X)

    def predict(self, X):
        return self.model.predict(X)
"""
    kind = TaskKind.CLUSTERING

    values, _ = repaired(source, kind)

    assert set(values) == {0, 1, 2}


@pytest.mark.parametrize("kind", ["timeout", "cpu_limit"])
def test_parameters_of_a_slow_candidate_are_quartered(
    kind: TaskKind, briefing_for: "MakeBriefing"
) -> None:
    source = (
        'PARAMETERS = {"rounds": 1000, "depth": 6}\n\n\nclass Candidate:\n    x = 1\n'
    )
    failure = Failure(kind=kind, stage="fit")

    mended = mend(source, failure, briefing_for(TaskKind.BINARY).task)

    assert mended is not None
    literal = ast.parse(mended.source).body[0]
    assert isinstance(literal, ast.Assign)
    assert ast.literal_eval(literal.value) == {"rounds": 250, "depth": 6}


@pytest.mark.parametrize("kind", ["timeout", "memory", "crash"])
def test_other_costly_candidates_are_fitted_on_a_sample(
    kind: TaskKind, briefing_for: "MakeBriefing", run_source: "RunSource"
) -> None:
    counted = PLAIN.replace(
        "self.model.fit(", "assert len(X) == len(y) == 300\n        self.model.fit("
    )
    task = briefing_for(TaskKind.BINARY, rows=900).task

    mended = mend(counted, Failure(kind=kind, stage="fit"), task)

    assert mended is not None
    assert "300 rows" in mended.diagnosis
    assert "rows = 300" in mended.source


def test_a_second_timeout_of_a_sampled_candidate_is_given_up(
    briefing_for: "MakeBriefing",
) -> None:
    failure = Failure(kind="timeout", stage="fit")
    task = briefing_for(TaskKind.BINARY).task
    mended = mend(PLAIN, failure, task)
    assert mended is not None

    assert mend(mended.source, failure, task) is None


@pytest.mark.parametrize(
    "failure",
    [
        Failure(kind="internal", stage="load", message="our own bug"),
        Failure(kind="exception", stage="fit", exception="ZeroDivisionError"),
        Failure(kind="exception", stage="load", exception="ModuleNotFoundError"),
    ],
    ids=lambda failure: failure.exception or failure.kind,
)
def test_what_no_rule_knows_is_given_up(
    failure: Failure, briefing_for: "MakeBriefing"
) -> None:
    assert mend(PLAIN, failure, briefing_for(TaskKind.BINARY).task) is None


def test_source_that_is_no_python_and_has_no_fence_is_given_up(
    briefing_for: "MakeBriefing",
) -> None:
    failure = Failure(kind="exception", stage="load", exception="SyntaxError")

    assert mend("class Candidate(", failure, briefing_for(TaskKind.BINARY).task) is None


def test_text_in_place_of_probabilities_is_not_made_up(
    failing: "Failing", briefing_for: "MakeBriefing"
) -> None:
    failure = failing(NUMBERS_AS_TEXT, TaskKind.BINARY)

    mended = mend(NUMBERS_AS_TEXT, failure, briefing_for(TaskKind.BINARY).task)

    assert mended is None or "numbers" in mended.diagnosis
