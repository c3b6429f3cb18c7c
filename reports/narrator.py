"""Tells in one plain line what happened, where it is worth a line."""

from dataclasses import dataclass

from reports.ablation import ablation_text
from reports.console_text import clean_text
from reports.numbers import score_text, score_with_error, seconds_text
from schemas.ensemble import Exclusion
from schemas.envelope import Envelope
from schemas.inputs import (
    CancelRequested,
    EffectFailed,
    HoldoutScored,
    PrepareFailed,
    ProposeFailed,
    RunContinued,
    RunStarted,
)
from schemas.sayings import (
    CandidateAblated,
    CandidatePooled,
    EnsembleChosen,
    ExplorationClosed,
    NoEnsemble,
    PoolFiltered,
    ProgramFailed,
    ProgramMended,
    RepairReady,
    RepairRefused,
    RunCrashed,
    RunFinished,
    StrategyDropped,
    TaskReady,
    TrialFailed,
    Verdict,
    ViewAccepted,
)
from schemas.settings import RunSettings

REASONS = {
    "budget": "the budget is used up",
    "trials": "all trials are done",
    "exhausted": "nothing is left to try",
    "plateau": "more trials no longer pay",
    "llm_budget": "the budget of the language model is used up",
    "no_structure": "no structure was found",
    "cancelled": "the user asked for it",
}


@dataclass(slots=True)
class Narrator:
    """Knows just enough of the run to tell what is news.

    Attributes:
        metric: Name of the run's metric.
        is_greater_better: Its direction.
        ensemble_score: Best score of an ensemble so far.
    """

    metric: str = "score"
    is_greater_better: bool = True
    ensemble_score: float | None = None

    def tell(self, envelope: Envelope) -> str | None:
        """Return a line of visible characters, or None if this is no news."""
        if envelope.io == "in":
            line = self._tell_input(envelope)
        else:
            line = self._tell_candidate(envelope) or self._tell_run(envelope)
        return None if line is None else clean_text(line, limit=200)

    def _tell_input(self, envelope: Envelope) -> str | None:
        match envelope.body:
            case RunStarted(settings=settings):
                return f"run {envelope.run} started: {_settings_text(settings)}"
            case RunContinued(settings=settings, origin=origin):
                since = f", forked from {origin.run} at {origin.seq}" if origin else ""
                return f"run {envelope.run} goes on{since}: {_settings_text(settings)}"
            case PrepareFailed(message=message):
                return f"the table cannot be used: {message}"
            case ProposeFailed(message=message):
                return f"proposal failed: {message}"
            case EffectFailed(exception=exception, message=message):
                return f"internal failure: {exception}: {message}"
            case CancelRequested(reason=reason):
                return f"stopping: {reason}"
            case HoldoutScored(scores=scores, opening=opening, copies=copies):
                listed = ", ".join(f"{name} {score_text(x)}" for name, x in scores)
                more = f"; {copies} of these rows repeat a row learned from"
                return (
                    f"test scored: {listed} (opening {opening}){more if copies else ''}"
                )
            case _:
                return None

    def _tell_candidate(self, envelope: Envelope) -> str | None:
        match envelope.body:
            case CandidatePooled(fit=fit, standard_error=error):
                scored = score_with_error(fit.score, error)
                name = f"{fit.candidate.id} {fit.candidate.family}"
                return f"pooled: {name}, {self.metric} {scored}"
            case TrialFailed(candidate=candidate, rung=rung, failure=failure):
                what = f"{failure.exception or failure.kind} in {failure.stage}"
                name = f"{candidate.id} {candidate.family}"
                said = f": {failure.message}" if failure.message else ""
                return f"failed: {name} at {rung}, {what}{said}"
            case CandidateAblated(ablation=ablation):
                return f"ablated: {ablation.candidate}: {ablation_text(ablation)}"
            case RepairReady(candidate=candidate, diagnosis=diagnosis):
                return f"repaired: {candidate.id} {candidate.family}: {diagnosis}"
            case RepairRefused(candidate=name, reason=reason):
                return f"given up: {name}: {reason}"
            case Verdict(candidate=name, verdict=verdict, reason=reason):
                return None if verdict == "sound" else f"{verdict}: {name}: {reason}"
            case _:
                return None

    def _tell_run(self, envelope: Envelope) -> str | None:
        match envelope.body:
            case TaskReady() as body:
                return self._tell_task(body)
            case ProgramFailed(program=program, failure=failure):
                what = f"{failure.exception or failure.kind} in {failure.stage}"
                said = f": {failure.message}" if failure.message else ""
                return f"failed: features {program.name}, {what}{said}"
            case ProgramMended(program=program, diagnosis=diagnosis):
                return f"repaired: features {program.name}: {diagnosis}"
            case ViewAccepted(view=view):
                added = sum(len(program.columns) for program in view.programs)
                return f"view accepted: {view.name}, {added} new columns"
            case EnsembleChosen() as body:
                return self._tell_ensemble(body)
            case PoolFiltered(excluded=excluded):
                return _left_out_text(excluded)
            case StrategyDropped(strategy=strategy, reason=reason):
                return f"no {strategy.replace('_', ' ')}: {reason}"
            case NoEnsemble(reason=reason):
                return f"no ensemble: {reason}"
            case ExplorationClosed(reason=reason):
                return f"exploration closed: {REASONS[reason]}"
            case RunFinished(status=status, message=message):
                said = f": {message}" if message else ""
                return f"run finished: {status.replace('_', ' ')}{said}"
            case RunCrashed(exception=exception, message=message):
                return f"run crashed: {exception}: {message}"
            case _:
                return None

    def _tell_task(self, body: TaskReady) -> str:
        task = body.task
        self.metric = task.metric
        self.is_greater_better = task.greater_is_better
        return (
            f"task ready: {task.kind}, {task.rows} rows, {task.features} features, "
            f"{task.folds} folds, baseline {task.metric} {score_text(body.baseline)}"
        )

    def _tell_ensemble(self, body: EnsembleChosen) -> str | None:
        ensemble = body.ensemble
        is_news = self._is_better(ensemble.score)
        if is_news:
            self.ensemble_score = ensemble.score
        if not (is_news or body.is_final):
            return None
        opening = "ensemble is final" if body.is_final else "ensemble improved"
        scored = score_with_error(ensemble.score, ensemble.standard_error)
        members = f"{ensemble.combination.strategy} of {len(ensemble.members)}"
        return f"{opening}: {self.metric} {scored}, {members}"

    def _is_better(self, score: float) -> bool:
        if self.ensemble_score is None:
            return True
        if self.is_greater_better:
            return score > self.ensemble_score
        return score < self.ensemble_score


def _settings_text(settings: RunSettings) -> str:
    if settings.budget_seconds is None:
        bound = f"{settings.trials} trials"
    else:
        bound = f"budget {seconds_text(settings.budget_seconds)}"
    table = settings.tables.table
    return f"{table}, {bound}, proposer {settings.proposer}, seed {settings.seed}"


def _left_out_text(excluded: tuple[Exclusion, ...]) -> str | None:
    """Who is found wanting; that others are better is no news."""
    wanting = [out for out in excluded if not out.is_for_room]
    if not wanting:
        return None
    listed = "; ".join(f"{out.candidate} ({out.reason})" for out in wanting)
    return f"left out of ensembles: {listed}"
