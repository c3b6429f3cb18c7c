"""The story of a loop or of one candidate in it: asked, tried, mended, judged, closed."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import assert_never

from pydantic import ConfigDict

from reports.ablation import ablation_text
from reports.numbers import score_text, score_with_error, seconds_text
from schemas.base import BlobRef, Frozen
from schemas.candidate import Candidate
from schemas.commands import Propose, RunJob
from schemas.envelope import Envelope
from schemas.inputs import (
    EffectCancelled,
    EffectFailed,
    FeatureFinished,
    FitFinished,
    JobFailed,
    Proposed,
    ProposeFailed,
)
from schemas.jobs import Failure, FeatureJob, FitJob, StackJob
from schemas.proposals import (
    CandidateProposal,
    ClustersProposal,
    FeatureProposal,
    NoProposal,
    Proposal,
    RepairProposal,
    StrategyProposal,
)
from schemas.sayings import (
    CandidateAblated,
    CandidateDrafted,
    CandidatePooled,
    EnsembleChosen,
    FeatureJudged,
    LoopClosed,
    LoopOpened,
    ProgramFailed,
    ProgramMended,
    RepairReady,
    RepairRefused,
    TaskReady,
    TrialFailed,
    TrialScored,
    Verdict,
)


class Step(Frozen):
    """One thing that happened in a candidate's loop.

    Attributes:
        seq: Its event in the journal.
        candidate: The version that it happened to, None before there was one.
        what: Its kind in one word: opened, ablated, asked, answered, drafted, ran, scored,
            failed, repaired, refused, judged, pooled, weighed or closed.
        text: What happened, in one line.
        lines: The candidate's own lines of the stack, for a failure.
        has_conversation: Whether what a model was asked and said is kept with the event.
    """

    seq: int
    candidate: str | None
    what: str
    text: str
    lines: tuple[str, ...] = ()
    has_conversation: bool = False


class Story(Frozen):
    """A version of a candidate with the life of its loop.

    Attributes:
        candidate: The version.
        metric: The run's metric.
        weight: Its share in the ensemble chosen last; 0 if it is no member.
        steps: What happened in its loop, in order, to all of its versions.
    """

    model_config = ConfigDict(ser_json_inf_nan="null")

    candidate: Candidate
    metric: str
    weight: float
    steps: tuple[Step, ...]


class LoopStory(Frozen):
    """The life of a loop with all of its versions.

    Attributes:
        loop: Its id.
        versions: Every version, in the order in which they were written.
        steps: What happened, in order.
    """

    loop: str
    versions: tuple[Candidate, ...]
    steps: tuple[Step, ...]


def derive_loop(envelopes: Iterable[Envelope], loop: str) -> LoopStory | None:
    """Fold a journal into the story of one loop.

    Args:
        envelopes: All lines in order, or any prefix of them.
        loop: Its id: `c03` for a candidate's, `f01` for a feature program's.

    Returns:
        The story, or None if there is no such loop.
    """
    teller = _Teller(loop=loop)
    for envelope in envelopes:
        teller.hear(envelope)
    return teller.story() if teller.steps else None


def derive_story(envelopes: Iterable[Envelope], name: str) -> Story | None:
    """Fold a journal into the story of one candidate.

    Args:
        envelopes: All lines in order, or any prefix of them.
        name: The candidate's id, like `c03-v2`.

    Returns:
        The story, or None if there is no such candidate.
    """
    teller = _Teller(loop=name.rpartition("-v")[0])
    for envelope in envelopes:
        teller.hear(envelope)
    candidate = teller.versions.get(name)
    if candidate is None:
        return None
    weight = teller.weights.get(name, 0.0)
    return Story(
        candidate=candidate,
        metric=teller.metric,
        weight=weight,
        steps=tuple(teller.steps),
    )


@dataclass(slots=True)
class LoopStories:
    """Follows all loops at once, in one pass over a journal."""

    _tellers: dict[str, "_Teller"] = field(default_factory=dict)
    _metric: str = "score"

    def hear(self, envelope: Envelope) -> None:
        """Take in the next line."""
        body = envelope.body
        if isinstance(body, TaskReady):
            self._metric = body.task.metric
        elif isinstance(body, EnsembleChosen):
            # Weights are told of a final ensemble only, to its members' loops.
            for member in body.ensemble.members if body.is_final else ():
                teller = self._tellers.get(member.candidate.rpartition("-v")[0])
                if teller is not None:
                    teller.hear(envelope)
        elif envelope.loop is not None:
            self._teller(envelope.loop).hear(envelope)

    def _teller(self, loop: str) -> "_Teller":
        if loop not in self._tellers:
            self._tellers[loop] = _Teller(loop=loop, metric=self._metric)
        return self._tellers[loop]

    def stories(self) -> tuple[LoopStory, ...]:
        """Return the loops that came to a version, in the order in which they began."""
        return tuple(
            teller.story() for teller in self._tellers.values() if teller.versions
        )


def difference(parent: str, source: str, names: tuple[str, str]) -> str:
    """The unified difference between two sources; empty if there is none."""
    lines = difflib.unified_diff(
        parent.splitlines(), source.splitlines(), *names, lineterm=""
    )
    return "\n".join(lines)


@dataclass(slots=True)
class _Teller:
    """Follows one loop."""

    loop: str
    metric: str = "score"
    current: str | None = None
    versions: dict[str, Candidate] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    jobs: dict[str, str] = field(default_factory=dict)

    def story(self) -> LoopStory:
        return LoopStory(
            loop=self.loop,
            versions=tuple(self.versions.values()),
            steps=tuple(self.steps),
        )

    def hear(self, envelope: Envelope) -> None:
        match envelope.body:
            case TaskReady(task=task):
                self.metric = task.metric
            case EnsembleChosen(ensemble=ensemble, is_final=is_final):
                self.weights = {m.candidate: m.weight for m in ensemble.members}
                if is_final:
                    self._tell_weights(envelope.seq)
            case _ if envelope.loop == self.loop:
                self._hear_own(envelope)
            case _:
                return

    def _hear_own(self, envelope: Envelope) -> None:
        seq = envelope.seq
        match envelope.body:
            case LoopOpened():
                self._tell(seq, "opened", f"by {envelope.src}")
            case Propose(ask=ask):
                self._tell(seq, "asked", _ask_text(ask))
            case Proposed(proposal=proposal) as body:
                text = _proposal_text(proposal, envelope)
                self._tell_answer(seq, text, body.conversation)
            case ProposeFailed(message=message) as body:
                text = f"the ask failed: {message}"
                self._tell_answer(seq, text, body.conversation)
            case EffectCancelled(conversation=kept) if kept is not None:
                self._tell_answer(seq, "taken back", kept)
            case RunJob(job=job) if envelope.key is not None:
                self.jobs[envelope.key] = _job_text(job)
            case _ if envelope.io == "in" and envelope.key in self.jobs:
                name = self.jobs.pop(envelope.key)
                text, lines = _ran_text(envelope)
                self._tell(seq, "ran", f"{name}: {text}", lines)
            case RepairReady(candidate=candidate, diagnosis=diagnosis):
                self._take(candidate)
                self._tell(seq, "repaired", f"{diagnosis} (by {candidate.origin})")
            case CandidateDrafted(candidate=candidate):
                # A mended version was told of already, with its diagnosis.
                is_known = candidate.id in self.versions
                self._take(candidate)
                if not is_known:
                    self._tell(seq, "drafted", _candidate_text(candidate))
            case _:
                self._hear_trial(envelope)

    def _hear_trial(self, envelope: Envelope) -> None:
        seq = envelope.seq
        match envelope.body:
            case TrialScored() as trial:
                self._tell(seq, "scored", _score_text(trial, self.metric))
            case CandidateAblated(ablation=ablation):
                text = f"{ablation.candidate}: {ablation_text(ablation)}"
                self._tell(seq, "ablated", text)
            case TrialFailed(rung=rung, failure=failure):
                text = f"at {rung}, {_failure_text(failure)}"
                self._tell(seq, "failed", text, failure.lines)
            case ProgramFailed(failure=failure):
                self._tell(seq, "failed", _failure_text(failure), failure.lines)
            case ProgramMended(diagnosis=diagnosis):
                self._tell(seq, "repaired", diagnosis)
            case FeatureJudged() as judged:
                self._tell(seq, "judged", _judged_text(judged))
            case RepairRefused(reason=reason):
                self._tell(seq, "refused", reason)
            case Verdict(rung=rung, verdict=verdict, reason=reason):
                said = f": {reason}" if reason else ""
                self._tell(seq, "judged", f"{verdict} at {rung}{said}")
            case CandidatePooled(fit=fit, standard_error=error):
                scored = score_with_error(fit.score, error)
                self._tell(seq, "pooled", f"with {self.metric} {scored}")
            case LoopClosed(reason=reason):
                self._tell(seq, "closed", reason)
            case _:
                return

    def _take(self, candidate: Candidate) -> None:
        self.versions[candidate.id] = candidate
        self.current = candidate.id

    def _tell(
        self, seq: int, what: str, text: str, lines: tuple[str, ...] = ()
    ) -> None:
        step = Step(seq=seq, candidate=self.current, what=what, text=text, lines=lines)
        self.steps.append(step)

    def _tell_answer(self, seq: int, text: str, kept: BlobRef | None) -> None:
        step = Step(
            seq=seq,
            candidate=self.current,
            what="answered",
            text=text,
            has_conversation=kept is not None,
        )
        self.steps.append(step)

    def _tell_weights(self, seq: int) -> None:
        for name in self.versions:
            if name in self.weights:
                text = f"{self.weights[name]:.3f} in the final ensemble"
                step = Step(seq=seq, candidate=name, what="weighed", text=text)
                self.steps.append(step)


def _ask_text(ask: Frozen) -> str:
    kind = str(getattr(ask, "kind", "something"))
    parent = getattr(ask, "candidate", None)
    return f"for a {kind}" if parent is None else f"to {kind} {parent}"


def _proposal_text(proposal: Proposal, envelope: Envelope) -> str:
    source = f", from the {envelope.src}" if envelope.src == "record" else ""
    match proposal:
        case NoProposal(reason=reason):
            return f"nothing: {reason}{source}"
        case CandidateProposal(family=family, title=title, origin=origin):
            return f"{family}, {title} (by {origin}){source}"
        case RepairProposal(diagnosis=diagnosis, origin=origin):
            return f"a repair, {diagnosis} (by {origin}){source}"
        case FeatureProposal(programs=programs):
            return f"{len(programs)} feature programs{source}"
        case StrategyProposal(strategy=strategy):
            return f"combine by {strategy}{source}"
        case ClustersProposal(clusters=clusters):
            return f"{clusters} clusters{source}"
        case _:
            assert_never(proposal)


def _job_text(job: FitJob | FeatureJob | StackJob) -> str:
    match job:
        case FitJob(candidate=candidate, rung=rung, fold=fold, without=without):
            lacking = f" without {without}" if without else ""
            return f"{candidate}{lacking} at {rung}, fold {fold}"
        case FeatureJob(program=program, fold=fold):
            return f"{program}, fold {fold}"
        case StackJob(candidate=candidate, part=part, parts=parts):
            return f"{candidate}, part {part + 1} of {parts}"
        case _:
            assert_never(job)


def _ran_text(envelope: Envelope) -> tuple[str, tuple[str, ...]]:
    """What came of a job, and the lines of the candidate's stack if it failed."""
    took = "" if envelope.duration is None else f" in {seconds_text(envelope.duration)}"
    source = f", from the {envelope.src}" if envelope.src == "record" else ""
    match envelope.body:
        case FitFinished(report=report):
            return f"scored {score_text(report.score)}{took}{source}", ()
        case FeatureFinished(report=report):
            useful = sum(judged.fault is None for judged in report.judgements)
            count = len(report.judgements)
            return f"{useful} of {count} columns of use{took}{source}", ()
        case JobFailed(failure=failure):
            return f"{_failure_text(failure)}{took}{source}", failure.lines
        case EffectCancelled():
            return "taken back", ()
        case EffectFailed(exception=exception, message=message):
            return f"not its fault, {exception}: {message}", ()
        case _:
            return envelope.body.kind.replace("_", " "), ()


def _judged_text(judged: FeatureJudged) -> str:
    said = f": {judged.reason}" if judged.reason else ""
    names = ", ".join(judged.accepted) or "nothing"
    return f"{names} accepted of {len(judged.judgements)} columns{said}"


def _candidate_text(candidate: Candidate) -> str:
    made = f"{candidate.operator} of {candidate.parent}" if candidate.parent else "new"
    return (
        f"{candidate.family}, {candidate.title}, on view {candidate.view.name} "
        f"({made}, by {candidate.origin})"
    )


def _score_text(scored: TrialScored, metric: str) -> str:
    mean = score_with_error(scored.score, scored.standard_error)
    folds = ", ".join(map(score_text, scored.fold_scores))
    per_fold = f" (folds {folds})" if len(scored.fold_scores) > 1 else ""
    seconds = seconds_text(scored.seconds)
    return f"at {scored.rung}, {metric} {mean}{per_fold} in {seconds} of processor time"


def _failure_text(failure: Failure) -> str:
    said = f": {failure.message}" if failure.message else ""
    return f"{failure.exception or failure.kind} in {failure.stage}{said}"
