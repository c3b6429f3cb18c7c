"""The summary for machines: right numbers, stable bytes, no journal breaks it."""

import json
import math
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.result import (
    Counts,
    Development,
    RunResult,
    derive_result,
    result_bytes,
)
from schemas.envelope import Envelope, Message
from schemas.inputs import (
    Combined,
    HoldoutScored,
    RunContinued,
    RunStarted,
    TablePrepared,
    Tick,
)
from schemas.sayings import EnsembleChosen, RunCrashed, RunFinished, TaskReady

TOP_KEYS = [
    "task",
    "metric",
    "development",
    "test",
    "optimism",
    "ensemble",
    "counts",
    "seconds",
    "tokens",
    "money",
    "memory",
    "journal",
    "isolation",
    "versions",
    "status",
    "warnings",
    "strategy",
    "openings",
    "without_copies",
    "stages",
    "llm",
    "clustering",
]


def without(run: list[Envelope], *kinds: type) -> list[Envelope]:
    return [line for line in run if not isinstance(line.body, kinds)]


def test_scores_come_from_the_final_ensemble_and_the_opened_test(
    a_run: list[Envelope],
) -> None:
    result = derive_result(a_run)

    assert result.metric == "roc_auc"
    assert result.development.model_dump() == {
        "score": 0.85,
        "standard_error": 0.0041,
        "nested": 0.8455,
    }
    assert result.test == {"roc_auc": 0.836, "log_loss": 0.412}
    assert result.optimism == pytest.approx(0.014)
    assert result.strategy == "greedy"
    assert result.openings == 1
    assert result.status == "done"


def test_members_stand_heaviest_first(a_run: list[Envelope]) -> None:
    members = [member.model_dump() for member in derive_result(a_run).ensemble]

    assert members == [
        {"candidate": "L1-v1", "family": "lightgbm", "view": "raw", "weight": 0.75},
        {"candidate": "L2-v2", "family": "linear", "view": "rich", "weight": 0.25},
    ]


def test_counts_say_what_happened(a_run: list[Envelope]) -> None:
    assert derive_result(a_run).counts == Counts(
        proposals=2, loops=3, trials=6, jobs=6, failures=1, repairs=1, pooled=2
    )


def test_costs_are_added_up_and_memory_is_the_largest(a_run: list[Envelope]) -> None:
    result = derive_result(a_run)

    assert result.tokens == 1200
    assert result.money == 0.002
    assert result.memory.peak_bytes == 90 << 20


def test_time_between_sessions_does_not_count(a_run: list[Envelope]) -> None:
    hour = 3_600_000_000_000
    resumed = [
        line.model_copy(update={"session": 1, "t": line.t + hour})
        if line.seq >= len(a_run) // 2
        else line
        for line in a_run
    ]

    whole = derive_result(a_run).seconds
    assert whole == (a_run[-1].t - a_run[0].t) / 1e9
    assert whole - 2.0 <= derive_result(resumed).seconds < whole


def test_the_digest_is_the_chain_of_the_last_line(a_run: list[Envelope]) -> None:
    journal = derive_result(a_run).journal

    assert journal.events == len(a_run)
    assert journal.digest == a_run[-1].chain


def test_optimism_is_positive_when_development_looked_better_on_a_loss(
    a_run: list[Envelope],
) -> None:
    flipped = []
    for line in a_run:
        body = line.body
        if isinstance(body, TablePrepared | TaskReady):
            loss = {"metric": "log_loss", "greater_is_better": False}
            task = body.task.model_copy(update=loss)
            body = body.model_copy(update={"task": task})
        elif isinstance(body, EnsembleChosen):
            ensemble = body.ensemble.model_copy(update={"score": 0.4})
            body = body.model_copy(update={"ensemble": ensemble})
        flipped.append(line.model_copy(update={"body": body}))

    assert derive_result(flipped).optimism == pytest.approx(0.012)


def test_classes_are_called_what_predictions_call_them(a_run: list[Envelope]) -> None:
    respelled = []
    for line in a_run:
        body = line.body
        if isinstance(body, TablePrepared | TaskReady):
            written = {"spellings": (" no", " yes")}
            task = body.task.model_copy(update=written)
            body = body.model_copy(update={"task": task})
        respelled.append(line.model_copy(update={"body": body}))

    told = derive_result(respelled).task

    assert told is not None
    assert told.classes == (" no", " yes")


def test_without_a_test_there_is_no_optimism(a_run: list[Envelope]) -> None:
    result = derive_result(without(a_run, HoldoutScored))

    assert result.test == {}
    assert result.optimism is None
    assert result.openings == 0


def test_a_run_that_found_nothing_has_nulls_and_the_reason(
    a_run: list[Envelope],
) -> None:
    body = RunFinished(status="no_model", message="nothing ran")
    last = a_run[-1].model_copy(update={"body": body})
    kept = without(a_run, EnsembleChosen, Combined, HoldoutScored, RunFinished)

    result = derive_result([*kept, last])

    assert result.status == "no_model"
    assert result.development.score is None
    assert result.strategy is None
    assert result.warnings == ("Column 'id' looks like a key.", "nothing ran")


def test_a_crash_is_the_end_until_the_run_is_resumed(a_run: list[Envelope]) -> None:
    crash = RunCrashed(exception="KeyError", message="'L9'")
    crashed = a_run[-1].model_copy(update={"body": crash})
    resumed = a_run[0].model_copy(
        update={"session": 1, "body": Tick(elapsed_seconds=9)}
    )

    result = derive_result([*a_run[:-1], crashed])

    assert result.status == "crashed"
    assert result.warnings[-1] == "KeyError: 'L9'"
    assert derive_result([*a_run[:-1], crashed, resumed]).status == "unfinished"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_prefix_of_a_journal_gives_a_result(
    a_run: list[Envelope], data: st.DataObject
) -> None:
    length = data.draw(st.integers(min_value=0, max_value=len(a_run)))

    result = derive_result(a_run[:length])

    written = json.loads(result_bytes(result))
    assert list(written) == TOP_KEYS
    assert written["journal"]["events"] == length
    assert (written["status"] == "done") == (length == len(a_run))
    assert RunResult.model_validate(written) == result


def test_bytes_are_indented_json_in_the_documented_order(
    a_run: list[Envelope],
) -> None:
    content = result_bytes(derive_result(a_run))

    assert content == result_bytes(derive_result(iter(a_run)))
    assert content.endswith(b"}\n")
    assert content.startswith(b'{\n  "task": {\n    "kind": "binary",\n')
    written = json.loads(content)
    assert list(written["isolation"]) == ["seccomp", "landlock"]
    assert list(written["versions"]) == ["pandas", "scikit-learn"]


def test_numbers_that_json_has_no_word_for_become_null(a_run: list[Envelope]) -> None:
    update: dict[str, object] = {"optimism": math.inf, "test": {"r2": math.nan}}
    update["development"] = Development(score=math.nan, standard_error=-math.inf)
    result = derive_result(a_run).model_copy(update=update)

    written = json.loads(result_bytes(result))

    assert written["optimism"] is None
    assert written["test"] == {"r2": None}
    assert set(written["development"].values()) == {None}


def test_a_score_of_the_test_does_not_outlive_the_ensemble_that_it_is_of(
    a_run: list[Envelope], as_envelope: Callable[[Message], Envelope]
) -> None:
    started = next(e.body for e in a_run if isinstance(e.body, RunStarted))
    goes_on = RunContinued(
        settings=started.settings, origin=None, versions=(), fingerprint="f"
    )
    chosen = next(e.body for e in a_run if isinstance(e.body, EnsembleChosen))

    result = derive_result([*a_run, as_envelope(goes_on), as_envelope(chosen)])

    assert (result.test, result.optimism) == ({}, None)
    assert result.openings == 1
    assert result.development.score == chosen.ensemble.score
