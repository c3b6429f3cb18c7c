"""What a language model took and what it brought, folded from a journal."""

from dataclasses import dataclass, field
from typing import Self

from pydantic import ConfigDict

from agents.lanes import feature_name, lane_of
from schemas.base import Frozen
from schemas.ensemble import Ensemble, PlainScore
from schemas.envelope import Envelope
from schemas.inputs import Combined, ProposeFailed, RunStarted
from schemas.sayings import CandidateDrafted, CandidatePooled, ViewAccepted


class LlmSummary(Frozen):
    """What a model took and brought; None in the result of a run that has none.

    Attributes:
        proposer: `llm`, `hybrid`, or `hybrid:FILE` where a script stands in for the model.
        model: Name of the model, None for the default or a script.
        calls: Requests that were sent.
        tokens: Tokens sent and received.
        money: In US dollars.
        answer_seconds: Time spent waiting for answers.
        failed: Asks that came to nothing.
        candidates: Versions that it wrote, or that were made with its features.
        pooled: Those of them that are sound.
        members: Those of them in the ensemble.
        weight: Their share of it.
        views: Views made of its features.
        with_it: The ensemble's score, nested where that was measured.
        without_it: The same for the ensemble without its features and models; None where
            nothing is left without them.
        gain: How much better the ensemble is with it, whatever the direction of the metric.
        points_per_dollar: Gain for a dollar, None if it cost none.
    """

    model_config = ConfigDict(ser_json_inf_nan="null")

    proposer: str
    model: str | None
    calls: int = 0
    tokens: int = 0
    money: float = 0.0
    answer_seconds: float = 0.0
    failed: int = 0
    candidates: int = 0
    pooled: int = 0
    members: int = 0
    weight: float = 0.0
    views: int = 0
    with_it: float | None = None
    without_it: float | None = None
    gain: float | None = None
    points_per_dollar: float | None = None


@dataclass(slots=True)
class LlmAccount:
    """Gathers what the summary needs; it holds no more than ids."""

    started: RunStarted | None = None
    calls: int = 0
    tokens: int = 0
    money: float = 0.0
    answer_seconds: float = 0.0
    failed: int = 0
    written: set[str] = field(default_factory=set)
    pooled: set[str] = field(default_factory=set)
    views: int = 0
    without: PlainScore | None = None

    def hear(self, envelope: Envelope) -> None:
        """Take in the next line of the journal."""
        cost = envelope.cost
        if cost is not None:
            self.calls += cost.calls
            self.tokens += cost.tokens
            self.money += cost.money
            self.answer_seconds = round(self.answer_seconds + cost.answer_seconds, 6)
        match envelope.body:
            case RunStarted() as started:
                self.started = started
            case ProposeFailed():
                self.failed += 1
            case CandidateDrafted(candidate=candidate):
                if self._is_its(envelope.loop, candidate.origin):
                    self.written.add(candidate.id)
            case CandidatePooled(fit=fit):
                if fit.candidate.id in self.written:
                    self.pooled.add(fit.candidate.id)
            case ViewAccepted():
                is_pure = self._proposer == "llm"
                self.views += is_pure or envelope.src == feature_name("added")
            case Combined(without_added=without) if without is not None:
                self.without = without
            case _:
                return

    @property
    def _proposer(self) -> str:
        return "" if self.started is None else self.started.settings.proposer

    def _is_its(self, loop: str | None, origin: str) -> bool:
        """In a hybrid run all that the added lane tried, else what the model wrote."""
        return origin == "llm" or lane_of(loop) == "added"

    def summary(self, ensemble: Ensemble | None, sign: float) -> LlmSummary | None:
        """Sum up.

        Args:
            ensemble: The last ensemble, or None.
            sign: 1 if greater scores are better, else -1.
        """
        started = self.started
        if started is None or self._proposer.partition(":")[0] not in {"llm", "hybrid"}:
            return None
        members = ensemble.members if ensemble else ()
        own = [m for m in members if m.candidate in self.written]
        compared = _Compared.of(ensemble, self.without, sign)
        is_paid = compared.gain is not None and self.money > 0
        return LlmSummary(
            proposer=started.settings.proposer,
            model=started.settings.llm_model,
            calls=self.calls,
            tokens=self.tokens,
            money=self.money,
            answer_seconds=self.answer_seconds,
            failed=self.failed,
            candidates=len(self.written),
            pooled=len(self.pooled),
            members=len(own),
            weight=round(sum(m.weight for m in own), 6),
            views=self.views,
            with_it=compared.with_it,
            without_it=compared.without_it,
            gain=compared.gain,
            points_per_dollar=(compared.gain or 0.0) / self.money if is_paid else None,
        )


@dataclass(frozen=True, slots=True)
class _Compared:
    """Two ensembles, by nested scores where both have one."""

    with_it: float | None = None
    without_it: float | None = None
    gain: float | None = None

    @classmethod
    def of(
        cls, ensemble: Ensemble | None, without: PlainScore | None, sign: float
    ) -> Self:
        if ensemble is None:
            return cls()
        if without is None:
            nested = ensemble.nested
            return cls(ensemble.score if nested is None else nested)
        both = ensemble.score, without.score
        if ensemble.nested is not None and without.nested is not None:
            both = ensemble.nested, without.nested
        return cls(*both, sign * (both[0] - both[1]))
