"""What a model is told of the run so far is short, rounded and in words."""

import math

from proposers.llm.facts import TEXT_SHOWN_CHARACTERS
from proposers.llm.history import (
    ATTEMPTS_SHOWN,
    LEADERS_SHOWN,
    attempt_facts,
    error_facts,
    leader_facts,
    mean_and_error,
)
from tests.proposers.llm.asks import ATTEMPT, ERROR, LEADER


def test_a_score_is_a_mean_and_its_error_with_three_digits() -> None:
    assert mean_and_error(0.84123, 0.00521) == "0.841 +- 0.00521"
    assert leader_facts([LEADER]) == [
        {
            "family": "lightgbm",
            "title": "lightgbm with defaults",
            "view": "raw",
            "score": "0.841 +- 0.0052",
            "seconds": 1.25,
        }
    ]


def test_long_titles_and_boards_are_cut_and_odd_scores_are_text() -> None:
    leader = LEADER.model_copy(update={"title": "t" * 500, "score": math.nan})

    facts = leader_facts([leader] * 40)

    assert isinstance(facts, list)
    assert len(facts) == LEADERS_SHOWN
    assert isinstance(facts[0], dict)
    assert facts[0]["title"] == "t" * TEXT_SHOWN_CHARACTERS
    assert facts[0]["score"] == "nan +- 0.0052"


def test_errors_are_told_in_words() -> None:
    assert error_facts([ERROR, ERROR.model_copy(update={"conditions": ()})]) == [
        "error 2.1 on about 64 rows where 'age' is below 30.5 and 'plan' is 'pro' "
        "and 'age' is present",
        "error 2.1 on about 64 rows where anything holds",
    ]


def test_only_the_latest_attempts_are_told() -> None:
    facts = attempt_facts([ATTEMPT] * 50)

    assert isinstance(facts, list)
    assert len(facts) == ATTEMPTS_SHOWN
