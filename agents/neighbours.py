"""What a Modeler hears besides its own loops: the other lane, views, and studies of errors."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from agents.known import Known
from agents.lanes import asks_model, feature_name, lane_of, modeler_name
from agents.share import Share
from bus.agent import Statement, Voice
from schemas.commands import PooledFit, StudyErrors
from schemas.envelope import Envelope
from schemas.inputs import EffectFailed, ErrorsStudied
from schemas.jobs import Rung
from schemas.lane import Lane
from schemas.sayings import (
    CandidateDrafted,
    CandidatePooled,
    ErrorsFound,
    FeatureJudged,
    LoopClosed,
    ModelingFinished,
    TrialScored,
    ViewAccepted,
)
from schemas.settings import RunSettings
from schemas.task import Task, TaskKind


@dataclass(slots=True)
class Neighbours:
    """Lets the added lane learn from the main one, and never the other way round.

    Attributes:
        settings: What the user asked for.
        lane: Whose Modeler this is.
        voice: Its voice.
        known: What it knows.
        share: Its share of the workers.
        task: What is to be learned.
    """

    settings: RunSettings
    lane: Lane
    voice: Voice
    known: Known
    share: Share
    task: Task
    _scored: dict[str, TrialScored] = field(default_factory=dict)
    _charged: set[str] = field(default_factory=set)
    _study: str | None = None
    _studies: int = 0
    _is_other_over: bool = False

    @property
    def open_keys(self) -> tuple[str, ...]:
        """Keys of studies that are out."""
        return (self._study,) if self._study else ()

    @property
    def may_bring_more(self) -> bool:
        """Whether the main lane is still at work, for the added one to build on."""
        return self.lane == "added" and not self._is_other_over

    def hear(self, event: Envelope) -> Sequence[Statement]:
        """Take note of what is not about a loop of one's own that is open."""
        match event.body:
            case ViewAccepted(view=view):
                is_added = event.src == feature_name("added")
                if self.lane == "added" or not is_added:
                    self.known.views.append(view)
            case ErrorsStudied() | EffectFailed() if event.key == self._study:
                return self._take_study(event)
            case FeatureJudged(program=name, seconds=seconds):
                if lane_of(event.loop) == self.lane and name not in self._charged:
                    self._charged.add(name)
                    self.share.charge(seconds)
            case _ if self.lane == "added" and self._is_of_main(event):
                return self._hear_main(event)
            case _:
                pass
        return []

    def _is_of_main(self, event: Envelope) -> bool:
        is_loop = event.loop is not None and lane_of(event.loop) == "main"
        return is_loop or event.src == modeler_name("main")

    def _hear_main(self, event: Envelope) -> Sequence[Statement]:
        match event.body:
            case CandidateDrafted(candidate=candidate):
                self.known.is_new(candidate.fingerprint, candidate.view.name)
                self.known.count(candidate)
            case TrialScored(rung=Rung.FULL) as scored:
                self._scored[scored.candidate] = scored
            case CandidatePooled(fit=fit):
                self.share.note_main(event.loop or "")
                return self._take_pooled(fit)
            case LoopClosed():
                self.share.note_main(event.loop or "")
            case ModelingFinished():
                self._is_other_over = True
                self.share.note_main_over()
            case _:
                pass
        return []

    def _take_pooled(self, fit: PooledFit) -> Sequence[Statement]:
        scored = self._scored.pop(fit.candidate.id, None)
        if scored is None:
            return []
        self.known.board.add(fit.candidate, scored)
        return self.study(fit)

    def study(self, fit: PooledFit) -> Sequence[Statement]:
        """Have the errors of a candidate studied that is the best now, one at a time."""
        best = self.known.board.best_version()
        if (
            not asks_model(self.settings, self.lane)
            or not self.settings.is_feedback_on
            or self.task.kind is TaskKind.CLUSTERING
            or best is None
            or best.candidate != fit.candidate.id
            or self._study is not None
        ):
            return []
        self._studies += 1
        asked = self.voice.ask(StudyErrors(fit=fit), purpose="errors", n=self._studies)
        self._study = asked.key
        return [asked]

    def _take_study(self, event: Envelope) -> Sequence[Statement]:
        self._study = None
        if not isinstance(event.body, ErrorsStudied):
            return []
        self.known.errors = event.body.leaves
        return [self.voice.say(ErrorsFound(leaves=event.body.leaves))]
