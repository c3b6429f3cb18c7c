"""The Critic reads failures and asks for repairs, and judges what was scored."""

from collections.abc import Sequence
from dataclasses import dataclass

from bus.agent import Statement, Voice
from schemas.asks import RepairAsk
from schemas.base import BlobRef, Frozen
from schemas.candidate import Candidate
from schemas.commands import Propose
from schemas.envelope import Envelope
from schemas.inputs import EffectFailed, Proposed, ProposeFailed
from schemas.jobs import Rung
from schemas.proposals import NoProposal, RepairProposal
from schemas.sayings import (
    CancelEffects,
    ExplorationClosed,
    RepairReady,
    RepairRefused,
    TrialFailed,
    TrialScored,
    Verdict,
)
from schemas.settings import RunSettings

REPAIRS_PER_LOOP = 3


@dataclass(slots=True)
class Case:
    """A loop with a failure: what failed and how often it was mended before."""

    candidate: Candidate
    ask: str | None = None
    repairs: int = 0


class Critic:
    """Repairs at most three times a loop; a verdict follows every scored trial."""

    name = "critic"
    hears: frozenset[type[Frozen]] = frozenset(
        {
            TrialFailed,
            TrialScored,
            Proposed,
            ProposeFailed,
            EffectFailed,
            ExplorationClosed,
        }
    )

    def __init__(self, settings: RunSettings) -> None:
        self._voice = Voice(self.name, settings.seed)
        self._cases: dict[str, Case] = {}
        self._predictions: dict[tuple[BlobRef, ...], str] = {}

    def decide(self, event: Envelope) -> Sequence[Statement]:
        """Answer an event; see the class."""
        loop = event.loop or ""
        match event.body:
            case TrialFailed() as failed:
                return [self._ask_repair(loop, failed)]
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
            case ExplorationClosed():
                return self._stop()
            case _:
                return []

    def _ask_repair(self, loop: str, failed: TrialFailed) -> Statement:
        case = self._cases.setdefault(loop, Case(failed.candidate))
        case.candidate = failed.candidate
        if failed.failure.kind == "internal":
            return self._refuse(loop, f"not its own fault: {failed.failure.message}")
        if case.repairs >= REPAIRS_PER_LOOP:
            return self._refuse(loop, f"still failing after {case.repairs} repairs")
        case.repairs += 1
        ask = RepairAsk(
            candidate=failed.candidate.id,
            source=failed.candidate.source,
            failure=failed.failure,
            attempt=case.repairs,
        )
        asked = self._voice.ask(
            Propose(ask=ask), purpose="repair", n=case.repairs, loop=loop
        )
        case.ask = asked.key
        return asked

    def _take_repair(self, loop: str, proposal: RepairProposal) -> Statement:
        case = self._cases[loop]
        case.ask = None
        if proposal.fingerprint == case.candidate.fingerprint:
            return self._refuse(loop, "the repair changed nothing")
        mended = case.candidate.model_copy(
            update={
                "id": f"{loop}-v{case.candidate.version + 1}",
                "version": case.candidate.version + 1,
                "source": proposal.source,
                "fingerprint": proposal.fingerprint,
                "origin": proposal.origin,
                "operator": "repair",
                "parent": case.candidate.id,
            }
        )
        ready = RepairReady(candidate=mended, diagnosis=proposal.diagnosis)
        return self._voice.say(ready, loop)

    def _refuse(self, loop: str, reason: str) -> Statement:
        case = self._cases[loop]
        case.ask = None
        refused = RepairRefused(candidate=case.candidate.id, reason=reason)
        return self._voice.say(refused, loop)

    def _judge(self, loop: str, scored: TrialScored) -> Statement:
        verdict = Verdict(
            candidate=scored.candidate, rung=scored.rung, verdict="sound", reason=""
        )
        if scored.rung is not Rung.SMOKE and scored.distinct <= 1:
            verdict = verdict.model_copy(
                update={
                    "verdict": "degenerate",
                    "reason": "it predicts the same for every row",
                }
            )
        elif scored.rung is Rung.FULL:
            verdict = self._compare(scored, verdict)
        return self._voice.say(verdict, loop)

    def _compare(self, scored: TrialScored, verdict: Verdict) -> Verdict:
        """Equal predictions mean an equal candidate, whatever its source says."""
        twin = self._predictions.setdefault(scored.fit.predictions, scored.candidate)
        if twin == scored.candidate:
            return verdict
        reason = f"it predicts exactly what {twin} does"
        return verdict.model_copy(update={"verdict": "duplicate", "reason": reason})

    def _stop(self) -> Sequence[Statement]:
        keys = tuple(case.ask for case in self._cases.values() if case.ask)
        return [self._voice.say(CancelEffects(keys=keys))] if keys else []
