"""The Critic reads failures and asks for repairs, and judges what was scored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from agents.lanes import helping_lane, lane_of
from agents.stacker import is_stacker_loop
from agents.verdicts import (
    Standing,
    is_too_good,
    standing_of,
    why_degenerate,
    why_duplicate,
    why_overfit,
)
from bus.agent import Statement, Voice
from schemas.asks import RepairAsk
from schemas.base import BlobRef, Frozen
from schemas.candidate import Candidate
from schemas.commands import Examine, PooledFit, Propose
from schemas.envelope import Envelope
from schemas.inputs import EffectFailed, Examined, Proposed, ProposeFailed
from schemas.jobs import Failure, Rung
from schemas.lane import Lane
from schemas.proposals import FeatureProgram, NoProposal, RepairProposal
from schemas.sayings import (
    CancelEffects,
    ExplorationClosed,
    FeatureJudged,
    LoopClosed,
    ProgramFailed,
    ProgramMended,
    RepairReady,
    RepairRefused,
    TaskReady,
    TrialFailed,
    TrialScored,
    Verdict,
)
from schemas.settings import RunSettings

REPAIRS_PER_LOOP = 3
MEMORY_REPAIRS_PER_LOOP = 1
Judgement = Literal["sound", "degenerate", "duplicate", "overfit", "leaking"]


@dataclass(slots=True)
class Case:
    """A loop with a failure: what failed and how often it was mended before.

    What died of memory burdens the whole machine, so it gets one smaller version only.
    """

    patient: Candidate | FeatureProgram
    ask: str | None = None
    repairs: int = 0
    memory_repairs: int = 0

    @property
    def name(self) -> str:
        """The candidate's id or the program's name."""
        patient = self.patient
        return patient.id if isinstance(patient, Candidate) else patient.name


class Critic:
    """Repairs at most three times a loop; a verdict follows every scored trial."""

    name = "critic"
    hears: frozenset[type[Frozen]] = frozenset(
        {
            TaskReady,
            TrialFailed,
            ProgramFailed,
            TrialScored,
            Proposed,
            ProposeFailed,
            Examined,
            EffectFailed,
            FeatureJudged,
            LoopClosed,
            ExplorationClosed,
        }
    )

    def __init__(self, settings: RunSettings) -> None:
        self._settings = settings
        self._voice = Voice(self.name, settings.seed)
        self._cases: dict[str, Case] = {}
        self._predictions: dict[tuple[Lane, tuple[BlobRef, ...]], str] = {}
        self._rivals: dict[str, PooledFit] = {}
        self._examined: dict[str, TrialScored] = {}

    def decide(self, event: Envelope) -> Sequence[Statement]:
        """Answer an event; see the class."""
        match event.body:
            case TaskReady() as ready:
                self._standing: Standing = standing_of(ready)
                return []
            case ExplorationClosed():
                return self._stop()
            case LoopClosed() | FeatureJudged():
                return self._take_back(event.loop or "")
            case _ if event.key in self._examined:
                return [self._conclude(event)]
            case _:
                return self._decide_loop(event, event.loop or "")

    def _decide_loop(self, event: Envelope, loop: str) -> Sequence[Statement]:
        match event.body:
            case TrialFailed(candidate=candidate, failure=failure):
                return [self._ask_repair(loop, candidate, failure)]
            case ProgramFailed(program=program, failure=failure):
                return [self._ask_repair(loop, program, failure)]
            case TrialScored() as scored:
                return [self._judge(loop, scored)]
            case Proposed(proposal=RepairProposal() as proposal):
                return [self._take_repair(loop, proposal)]
            case Proposed(proposal=NoProposal(reason=reason)):
                return [self._refuse(loop, reason)]
            case Proposed():
                return [self._refuse(loop, "the answer was no repair")]
            case ProposeFailed(message=message) | EffectFailed(message=message):
                return [self._refuse(loop, f"the ask for a repair failed: {message}")]
            case _:
                return []

    # -- repairs

    def _ask_repair(
        self, loop: str, patient: Candidate | FeatureProgram, failure: Failure
    ) -> Statement:
        case = self._cases.setdefault(loop, Case(patient))
        case.patient = patient
        if failure.kind == "internal":
            return self._refuse(loop, f"not its own fault: {failure.message}")
        if case.repairs >= REPAIRS_PER_LOOP:
            return self._refuse(loop, f"still failing after {case.repairs} repairs")
        if failure.kind == "memory":
            if case.memory_repairs >= MEMORY_REPAIRS_PER_LOOP:
                return self._refuse(loop, "a smaller version takes too much memory too")
            case.memory_repairs += 1
        case.repairs += 1
        ask = RepairAsk(
            subject="candidate" if isinstance(patient, Candidate) else "features",
            candidate=case.name,
            source=patient.source,
            failure=failure,
            attempt=case.repairs,
        )
        command = Propose(ask=ask, lane=self._lane_of(loop))
        asked = self._voice.ask(command, purpose="repair", n=case.repairs, loop=loop)
        case.ask = asked.key
        return asked

    def _lane_of(self, loop: str) -> Lane:
        """Whose loop it is; a stacker belongs to whoever is asked about the whole run."""
        is_stacker = is_stacker_loop(loop)
        return helping_lane(self._settings) if is_stacker else lane_of(loop)

    def _take_repair(self, loop: str, proposal: RepairProposal) -> Statement:
        case = self._cases[loop]
        case.ask = None
        if proposal.source == case.patient.source:
            return self._refuse(loop, "the repair changed nothing")
        match case.patient:
            case FeatureProgram() as program:
                mended = program.model_copy(update={"source": proposal.source})
                said = ProgramMended(program=mended, diagnosis=proposal.diagnosis)
                return self._voice.say(said, loop)
            case Candidate() as candidate:
                return self._next_version(loop, candidate, proposal)

    def _next_version(
        self, loop: str, candidate: Candidate, proposal: RepairProposal
    ) -> Statement:
        if proposal.fingerprint == candidate.fingerprint:
            return self._refuse(loop, "the repair changed nothing")
        mended = candidate.model_copy(
            update={
                "id": f"{loop}-v{candidate.version + 1}",
                "version": candidate.version + 1,
                "source": proposal.source,
                "fingerprint": proposal.fingerprint,
                "origin": proposal.origin,
                "operator": "repair",
                "parent": candidate.id,
            }
        )
        ready = RepairReady(candidate=mended, diagnosis=proposal.diagnosis)
        return self._voice.say(ready, loop)

    def _refuse(self, loop: str, reason: str) -> Statement:
        case = self._cases[loop]
        case.ask = None
        refused = RepairRefused(candidate=case.name, reason=reason)
        return self._voice.say(refused, loop)

    # -- verdicts

    def _judge(self, loop: str, scored: TrialScored) -> Statement:
        """Judge by the numbers alone; what then reaches the end is examined as well."""
        reason = why_degenerate(scored)
        if reason is not None:
            return self._pass(loop, scored, "degenerate", reason)
        if scored.rung is not Rung.FULL:
            return self._pass(loop, scored)
        reason = why_overfit(scored, self._standing)
        if reason is not None:
            return self._pass(loop, scored, "overfit", reason)
        twin = self._same_predictions(scored)
        if twin is not None:
            reason = f"it predicts exactly what {twin} does"
            return self._pass(loop, scored, "duplicate", reason)
        return self._examine(loop, scored)

    def _same_predictions(self, scored: TrialScored) -> str | None:
        """Who predicted exactly the same; the main lane is not held against the added one."""
        lane, said = lane_of(scored.fit.candidate.loop), scored.fit.predictions
        lanes: tuple[Lane, ...] = ("main",) if lane == "main" else ("main", "added")
        found = [self._predictions.get((each, said)) for each in lanes]
        self._predictions.setdefault((lane, said), scored.candidate)
        others = (name for name in found if name not in {None, scored.candidate})
        return next(others, None)

    def _examine(self, loop: str, scored: TrialScored) -> Statement:
        kin = self._kin(scored.fit)
        self._rivals[scored.candidate] = scored.fit
        is_suspect = is_too_good(scored, self._standing)
        if not kin and not is_suspect:
            return self._pass(loop, scored)
        command = Examine(fit=scored.fit, pool=kin, is_leak_suspected=is_suspect)
        asked = self._voice.ask(
            command, purpose=f"{scored.candidate}/examine", loop=loop
        )
        self._examined[asked.key or ""] = scored
        return asked

    def _kin(self, fit: PooledFit) -> tuple[PooledFit, ...]:
        """Candidates of the same family that came as far, on the same folds.

        What is tried in the added lane calls itself what it likes, so it is held against
        all; the main lane is held against its own only.
        """
        candidate, is_added = fit.candidate, lane_of(fit.candidate.loop) == "added"
        return tuple(
            other
            for other in self._rivals.values()
            if other.folds == fit.folds
            and (is_added or other.candidate.family == candidate.family)
            and (is_added or lane_of(other.candidate.loop) == "main")
        )

    def _conclude(self, event: Envelope) -> Statement:
        scored = self._examined.pop(event.key or "")
        loop = event.loop or ""
        if not isinstance(event.body, Examined):
            # What our own examination failed at is nothing against the candidate.
            return self._pass(loop, scored)
        twin = self._rivals.get(event.body.twin or "")
        if twin is not None:
            reason = why_duplicate(scored, event.body, twin.score, self._standing)
            if reason is not None:
                del self._rivals[scored.candidate]
                return self._pass(loop, scored, "duplicate", reason)
        if event.body.leak is not None:
            return self._pass(loop, scored, "leaking", event.body.leak)
        return self._pass(loop, scored)

    def _pass(
        self,
        loop: str,
        scored: TrialScored,
        verdict: Judgement = "sound",
        reason: str = "",
    ) -> Statement:
        passed = Verdict(
            candidate=scored.candidate,
            rung=scored.rung,
            verdict=verdict,
            reason=reason,
        )
        return self._voice.say(passed, loop)

    def _take_back(self, loop: str) -> Sequence[Statement]:
        """Nobody waits for the repair of what is closed or judged."""
        case = self._cases.get(loop)
        if case is None or case.ask is None:
            return []
        keys, case.ask = (case.ask,), None
        return [self._voice.say(CancelEffects(keys=keys), loop)]

    def _stop(self) -> Sequence[Statement]:
        keys = [case.ask for case in self._cases.values() if case.ask]
        for case in self._cases.values():
            case.ask = None
        keys += self._examined
        # Whoever was not judged to the end is no rival of those who come later.
        for scored in self._examined.values():
            self._rivals.pop(scored.candidate, None)
            lane = lane_of(scored.fit.candidate.loop)
            self._predictions.pop((lane, scored.fit.predictions), None)
        self._examined.clear()
        return [self._voice.say(CancelEffects(keys=tuple(keys)))] if keys else []
