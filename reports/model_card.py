"""`model_card.md`: what a model is, where it comes from and what it may be trusted with."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from agents.lanes import asks_model, is_led_by_expert, lane_of
from bus.journal import read_journal
from reports.fold import RunFold
from reports.numbers import score_text, score_with_error
from schemas.base import Frozen
from schemas.candidate import Candidate
from schemas.ensemble import Ensemble
from schemas.envelope import Envelope
from schemas.inputs import Proposed, RunStarted, TablePrepared
from schemas.proposals import FeatureProposal
from schemas.sayings import CandidateDrafted, FeatureJudged, RepairReady
from schemas.settings import RunSettings
from schemas.table import TableProfile
from schemas.task import Task, TaskKind


class LeftOut(Frozen):
    """A member of the run's ensemble that was not exported, and why."""

    candidate: str
    reason: str


class CardFacts(Frozen):
    """What the card says besides what stands in the journal.

    Attributes:
        ensemble: What was exported.
        pickled: Members that are pickles.
        left_out: Members of the run that are not there.
        cost: Development score that was lost by that.
        rows_hash: sha256 of the development rows and their targets.
        requirements: Pinned packages.
        self_test_rows: Rows of the table that lie in the folder for its self-test; 0 for none.
    """

    ensemble: Ensemble
    pickled: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    cost: float
    rows_hash: str
    requirements: tuple[str, ...]
    self_test_rows: int


def derive_card(events: Path, facts: CardFacts) -> str:
    """Write the card of a run.

    Args:
        events: The run's journal.
        facts: What was exported.
    """
    return render_card(read_journal(events), facts)


def render_card(envelopes: Iterable[Envelope], facts: CardFacts) -> str:
    """Write the card from the lines of a journal."""
    fold, programs = RunFold(), _Programs()
    prepared: TablePrepared | None = None
    candidates: dict[str, Candidate] = {}
    for envelope in envelopes:
        fold.hear(envelope)
        programs.hear(envelope)
        match envelope.body:
            case TablePrepared() as found:
                prepared = found
            case CandidateDrafted(candidate=made) | RepairReady(candidate=made):
                candidates[made.id] = made
    if prepared is None:
        raise ValueError("a run without a table has no model")
    lines = [
        "# Model card",
        "",
        *_task(prepared.task),
        *_data(prepared, facts),
        *_scores(fold, prepared, facts),
        *_members(facts, candidates),
        *_features(facts, programs),
        *_columns(prepared.profile),
        *_limits(prepared.task, facts),
        *_environment(fold, facts),
    ]
    return "\n".join(lines) + "\n"


def _task(task: Task) -> Iterator[str]:
    yield f"Predicts {_cell(task.target or 'clusters')} ({task.kind.value})."
    if task.classes:
        yield f"Classes: {', '.join(_cell(name) for name in task.classes)}."
    yield ""


def _data(prepared: TablePrepared, facts: CardFacts) -> Iterator[str]:
    task = prepared.task
    yield from ("## Data", "")
    yield f"* {task.rows} development rows, {task.features} columns that were learned from"
    yield f"* sha256 of these rows: `{facts.rows_hash}`"
    if task.kind is not TaskKind.CLUSTERING:
        folds = f"{task.folds} folds" if task.folds > 1 else "one fixed validation part"
        yield f"* validated on {folds}; {task.validation_rows} rows are scored"
        yield f"* {task.test_rows} rows were sealed for the test"
        if prepared.seal is not None:
            yield f"* sha256 of the sealed labels: `{prepared.seal}`"
    for warning in prepared.profile.warnings:
        yield f"* {_cell(warning)}"
    yield ""


def _scores(fold: RunFold, prepared: TablePrepared, facts: CardFacts) -> Iterator[str]:
    metric, whole = prepared.task.metric, fold.ensemble
    yield from ("## Scores", "", "| what | value |", "|---|---|")
    if whole is not None:
        said = score_with_error(whole.score, whole.standard_error)
        yield f"| development {metric}, whole ensemble of the run | {said} |"
        if whole.nested is not None:
            yield f"| the same, combination chosen inside folds | {score_text(whole.nested)} |"
    if facts.left_out:
        said = score_with_error(facts.ensemble.score, facts.ensemble.standard_error)
        yield f"| development {metric}, as exported | {said} |"
        yield f"| cost of leaving members out | {score_text(facts.cost)} |"
    yield f"| best constant prediction, {metric} | {score_text(prepared.baseline)} |"
    if fold.holdout is not None:
        for name, value in fold.holdout.scores:
            yield f"| test {name}, whole ensemble of the run | {score_text(value)} |"
        for name, value in fold.holdout.scores_without_copies:
            if name == metric:
                copies = f"without {fold.holdout.copies} copies of rows learned from"
                yield f"| test {name}, {copies} | {score_text(value)} |"
        yield f"| times that the test was opened | {fold.holdout.opening} |"
    yield ""


def _members(facts: CardFacts, candidates: dict[str, Candidate]) -> Iterator[str]:
    yield from ("## Members", "")
    yield f"Combined by: {facts.ensemble.combination.strategy}."
    yield ""
    yield "| member | what it is | origin | features | models | weight | form |"
    yield "|---|---|---|---|---|---|---|"
    for member in facts.ensemble.members:
        made = candidates.get(member.candidate)
        origin = "" if made is None else f"{made.origin}, {made.operator}"
        programs = ", ".join(program.name for program in member.view.programs)
        form = "pickle" if member.candidate in facts.pickled else "plain state"
        cells = (
            member.candidate,
            member.title,
            origin,
            programs or "raw columns",
            str(len(member.models)),
            f"{member.weight:.3f}",
            form,
        )
        yield f"| {' | '.join(_cell(cell) for cell in cells)} |"
    yield ""
    for one in facts.left_out:
        yield f"* left out: {one.candidate}, because {_cell(one.reason)}"
    yield ""


@dataclass(slots=True)
class _Programs:
    """What is known of feature programs, by name."""

    settings: RunSettings | None = None
    ideas: dict[str, str] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)

    def hear(self, envelope: Envelope) -> None:
        match envelope.body:
            case RunStarted(settings=settings):
                self.settings = settings
            case Proposed(proposal=FeatureProposal(programs=programs)):
                self.ideas |= {program.name: program.idea for program in programs}
            case FeatureJudged(program=program):
                self.origins[program] = self._origin(envelope.loop)
            case _:
                return

    def _origin(self, loop: str | None) -> str:
        if self.settings is None:
            return ""
        if asks_model(self.settings, lane_of(loop)):
            return "language model"
        return "expert" if is_led_by_expert(self.settings) else "script"


def _features(facts: CardFacts, programs: _Programs) -> Iterator[str]:
    used = {
        program.name: program
        for member in facts.ensemble.members
        for program in member.view.programs
    }
    if not used:
        return
    yield from (
        "## Features",
        "",
        "| program | origin | columns | idea |",
        "|---|---|---|---|",
    )
    for name, program in used.items():
        cells = (
            name,
            programs.origins.get(name, ""),
            ", ".join(program.columns),
            programs.ideas.get(name, ""),
        )
        yield f"| {' | '.join(_cell(cell) for cell in cells)} |"
    yield ""


def _columns(profile: TableProfile) -> Iterator[str]:
    yield from ("## Columns", "", "| column | kind | missing |", "|---|---|---|")
    for column in profile.columns:
        kind, missing = column.kind.value, column.missing_share
        yield f"| {_cell(column.name)} | {kind} | {missing:.0%} |"
    yield ""


def _limits(task: Task, facts: CardFacts) -> Iterator[str]:
    yield from ("## Limits", "")
    yield "* Scores hold for rows like those above; nothing is known of others."
    yield "* Levels that were not learned from count as missing; `predict.py` says so."
    if task.kind in {TaskKind.BINARY, TaskKind.MULTICLASS}:
        yield "* Probabilities follow the class shares of the development rows."
    yield "* Nothing here was examined for fairness between groups of people."
    if facts.self_test_rows:
        yield (
            f"* `self_test.json` holds {facts.self_test_rows} rows of the table; remove it "
            "before you pass the folder to people who may not see them."
        )
    else:
        yield "* Rows of the table were left out, so there is no self-test."
    yield "* Models may hold rows they were fitted on: neighbours and Gaussian processes do."
    yield "* `members/` is code; who runs `predict.py` runs it."
    if facts.pickled:
        yield f"* Pickles run code as they are loaded: {', '.join(facts.pickled)}."
    yield ""


def _environment(fold: RunFold, facts: CardFacts) -> Iterator[str]:
    started = fold.started
    versions = {} if started is None else dict(started.versions)
    yield from ("## Environment", "")
    yield f"* Python {versions.get('python', 'unknown')}"
    yield f"* packages: {', '.join(facts.requirements)}"
    yield f"* made by sage-loop {versions.get('sage-loop', 'unknown')}"
    yield f"* journal digest `{fold.digest}`"


def _cell(text: str) -> str:
    """Text of a table's own, unable to break the page."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return plain.replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
