"""What each stage of a run took: summed over the effects that the stage asked for."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import get_args

from agents.lanes import feature_name, modeler_name
from schemas.base import Frozen
from schemas.commands import Diagnose, ScoreHoldout
from schemas.envelope import Envelope
from schemas.lane import Lane


class Stage(StrEnum):
    """The stages in which work is accounted for; they overlap in time."""

    FEATURES = "features"
    MODELS = "models"
    ENSEMBLE = "ensemble"
    HOLDOUT = "holdout"
    REPORT = "report"


LANES: tuple[Lane, ...] = get_args(Lane)
STAGE_BY_AGENT = {
    **{feature_name(lane): Stage.FEATURES for lane in LANES},
    **{modeler_name(lane): Stage.MODELS for lane in LANES},
    "critic": Stage.MODELS,
    "ensembler": Stage.ENSEMBLE,
}
"""Who asks for an effect decides where its cost belongs."""


class StageCost(Frozen):
    """What the effects of one stage took.

    Attributes:
        effects: How many came to an end.
        seconds: Their durations added up; they ran side by side, so this may be more than
            the run's own time.
        cpu_seconds: Processor time of worker processes.
        peak_bytes: Largest memory of a worker process, beyond the preloaded libraries.
        tokens: Tokens sent to and received from language models.
        money: In US dollars.
    """

    effects: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    tokens: int = 0
    money: float = 0.0


@dataclass(slots=True)
class StageAccounts:
    """Books the cost of every answered command; it holds no more than the open ones."""

    open: dict[str, Stage] = field(default_factory=dict)
    costs: dict[Stage, StageCost] = field(
        default_factory=lambda: {stage: StageCost() for stage in Stage}
    )

    def hear(self, envelope: Envelope) -> None:
        """Take in the next line of the journal."""
        if envelope.key is None:
            return
        if envelope.io == "out":
            stage = stage_of(envelope)
            if stage is not None:
                self.open[envelope.key] = stage
        elif envelope.key in self.open:
            stage = self.open.pop(envelope.key)
            self.costs[stage] = _added(self.costs[stage], envelope)


def stage_of(command: Envelope) -> Stage | None:
    """The stage that a command belongs to; None for reading the table."""
    if isinstance(command.body, ScoreHoldout):
        return Stage.HOLDOUT
    if isinstance(command.body, Diagnose):
        return Stage.REPORT
    return STAGE_BY_AGENT.get(command.src)


def _added(total: StageCost, answer: Envelope) -> StageCost:
    seconds = round(total.seconds + (answer.duration or 0.0), 6)
    counted = {"effects": total.effects + 1, "seconds": seconds}
    cost = answer.cost
    if cost is None:
        return total.model_copy(update=counted)
    return StageCost(
        **counted,
        cpu_seconds=round(total.cpu_seconds + cost.cpu_seconds, 6),
        peak_bytes=max(total.peak_bytes, cost.peak_bytes),
        tokens=total.tokens + cost.tokens,
        money=total.money + cost.money,
    )
