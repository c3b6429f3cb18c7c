"""What a model is told of the run so far: scores, attempts and errors, as JSON values."""

from collections.abc import Sequence

from pydantic import JsonValue

from proposers.llm.facts import TEXT_SHOWN_CHARACTERS, cut, rounded
from schemas.asks import (
    CellCount,
    RefineAsk,
    RepairAsk,
    ScoredCandidate,
    StackedColumns,
    TuneAsk,
)
from schemas.candidate import View
from schemas.memory import Attempt, ErrorCondition, ErrorLeaf, TriedProgram

LEADERS_SHOWN = 12
ATTEMPTS_SHOWN = 12
PROGRAMS_SHOWN = 20
COLUMNS_SHOWN = 30
LINES_SHOWN = 400
OUTCOME_SHOWN_CHARACTERS = 160
IDEA_SHOWN_CHARACTERS = 200
SCORE_DIGITS = 3
"""A score in a prompt must not carry more than it knows."""
_RELATIONS = {
    "below": "is below",
    "above": "is above",
    "is": "is",
    "is_not": "is not",
    "missing": "is missing",
    "present": "is present",
}


def view_facts(views: Sequence[View]) -> JsonValue:
    """Describe the views: which columns each adds to the table's own."""
    return [
        {"view": view.name, "added_columns": [*view_columns(view)]} for view in views
    ]


def view_columns(view: View) -> list[JsonValue]:
    """The columns that a view adds to the table's own."""
    return [cut(c) for program in view.programs for c in program.columns]


def leader_facts(leaderboard: Sequence[ScoredCandidate]) -> JsonValue:
    """Describe what was tried, best first."""
    return [
        {
            "family": cut(leader.family),
            "title": cut(leader.title),
            "view": cut(leader.view),
            "score": mean_and_error(leader.score, leader.standard_error),
            "seconds": rounded(leader.seconds, SCORE_DIGITS),
        }
        for leader in leaderboard[:LEADERS_SHOWN]
    ]


def mean_and_error(mean: float, error: float) -> str:
    """A score as it is told everywhere: mean +- standard error, three digits each."""
    return f"{mean:.{SCORE_DIGITS}g} +- {error:.{SCORE_DIGITS}g}"


def cell_facts(cells: Sequence[CellCount]) -> JsonValue:
    """Describe how candidates spread over families and views."""
    return [
        {"family": cut(cell.family), "view": cut(cell.view), "count": cell.count}
        for cell in cells[:LEADERS_SHOWN]
    ]


def attempt_facts(attempts: Sequence[Attempt]) -> JsonValue:
    """Describe what need not be tried again."""
    return [
        {
            "title": attempt.title[: 2 * TEXT_SHOWN_CHARACTERS],
            "outcome": attempt.outcome[:OUTCOME_SHOWN_CHARACTERS],
        }
        for attempt in attempts[:ATTEMPTS_SHOWN]
    ]


def program_facts(programs: Sequence[TriedProgram]) -> JsonValue:
    """Describe feature programs of earlier rounds."""
    return [
        {
            "name": cut(program.name),
            "idea": program.idea[:IDEA_SHOWN_CHARACTERS],
            "accepted": [cut(column) for column in program.accepted[:COLUMNS_SHOWN]],
            "rejected": {
                cut(column): reason[:OUTCOME_SHOWN_CHARACTERS]
                for column, reason in program.rejected[:COLUMNS_SHOWN]
            },
        }
        for program in programs[:PROGRAMS_SHOWN]
    ]


def error_facts(leaves: Sequence[ErrorLeaf]) -> JsonValue:
    """Tell in words where the best candidate errs."""
    return [
        f"error {leaf.error:g} on about {leaf.rows} rows where "
        + (" and ".join(map(_in_words, leaf.conditions)) or "anything holds")
        for leaf in leaves
    ]


def _in_words(condition: ErrorCondition) -> str:
    words = f"{cut(condition.column)!r} {_RELATIONS[condition.relation]}"
    if condition.bound is not None:
        return f"{words} {condition.bound:g}"
    if condition.levels:
        return f"{words} {' or '.join(repr(cut(level)) for level in condition.levels)}"
    return words


def refined_facts(ask: RefineAsk) -> JsonValue:
    """Describe the candidate to refine by its numbers."""
    facts: dict[str, JsonValue] = {
        "family": cut(ask.family),
        "title": cut(ask.title),
        "view": cut(ask.view.name),
        "score": mean_and_error(ask.score, ask.standard_error),
        "deviation_over_folds": rounded(ask.fold_spread, SCORE_DIGITS),
        "seconds_of_one_fold": rounded(ask.seconds, SCORE_DIGITS),
    }
    if ask.train_score is not None:
        facts["score_on_rows_it_was_fitted_on"] = rounded(ask.train_score, SCORE_DIGITS)
    return facts


def tuned_facts(ask: TuneAsk) -> JsonValue:
    """Describe the candidate to tune by its numbers."""
    return {
        "family": cut(ask.family),
        "title": cut(ask.title),
        "view": cut(ask.view.name),
        "score": mean_and_error(ask.score, ask.standard_error),
    }


def failure_facts(ask: RepairAsk) -> JsonValue:
    """Describe why something failed."""
    failure = ask.failure
    return {
        "kind": failure.kind,
        "stage": failure.stage,
        "exception": failure.exception,
        "message": failure.message,
        "lines": list(failure.lines),
    }


def member_facts(members: Sequence[StackedColumns]) -> JsonValue:
    """Describe the columns that a stacker gets."""
    return [
        {
            "family": cut(member.family),
            "title": cut(member.title),
            "columns": [*member.columns],
        }
        for member in members
    ]


def source_facts(source: str) -> JsonValue:
    """A source as data: its lines."""
    return [*source.splitlines()[:LINES_SHOWN]]
