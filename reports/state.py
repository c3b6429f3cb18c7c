"""Where a run stood at any event of its journal."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import ConfigDict

from bus.open_effects import OpenEffects
from reports.board import Board
from reports.fold import RunFold
from reports.leaderboard import LeaderboardFold, LeaderboardRow
from schemas.base import Frozen
from schemas.envelope import Envelope
from schemas.inputs import RunContinued, RunStarted
from schemas.sayings import CandidateDrafted, RepairReady, ViewAccepted
from schemas.settings import RunSettings


class LoopState(Frozen):
    """A loop that is open.

    Attributes:
        loop: Its id.
        candidate: The version that is being tried, None while one is asked for.
        family: Its family.
        rung: Where it is, None before its first trial.
        effects: Kinds of effects that it waits for, with how many of each.
    """

    loop: str
    candidate: str | None
    family: str | None
    rung: str | None
    effects: dict[str, int]


class SpentState(Frozen):
    """What was spent, and of how much; None where there is no bound."""

    seconds: float
    budget_seconds: float | None
    trials: int
    trials_bound: int | None
    jobs: int
    tokens: int
    money: float


class EnsembleState(Frozen):
    """The ensemble as it stood."""

    score: float
    standard_error: float
    strategy: str
    weights: dict[str, float]


class RunState(Frozen):
    """A run as it stood right after an event.

    Attributes:
        seq: The event.
        kind: What it is.
        src: Who said it.
        session: In which session.
        phase: What the run was at, in a word.
        metric: Its metric, None before the table was prepared.
        spent: Time, trials, tokens and money.
        loops: Loops that were open, by id.
        effects: Kinds of effects that were out, with how many of each.
        views: Views of new columns that were accepted.
        ensemble: The ensemble, None before there was one.
        leaderboard: Versions of candidates, best first.
    """

    model_config = ConfigDict(ser_json_inf_nan="null")

    seq: int
    kind: str
    src: str
    session: int
    phase: str
    metric: str | None
    spent: SpentState
    loops: tuple[LoopState, ...]
    effects: dict[str, int]
    views: tuple[str, ...]
    ensemble: EnsembleState | None
    leaderboard: tuple[LeaderboardRow, ...]


def derive_state(envelopes: Iterable[Envelope]) -> RunState | None:
    """Fold a prefix of a journal into the state after its last event.

    Returns:
        The state, or None if there is no event.
    """
    folding = _Folding()
    for envelope in envelopes:
        folding.hear(envelope)
    return folding.state()


@dataclass(slots=True)
class _Folding:
    last: Envelope | None = None
    settings: RunSettings | None = None
    board: Board = field(default_factory=Board)
    run: RunFold = field(default_factory=RunFold)
    effects: OpenEffects = field(default_factory=OpenEffects)
    leaderboard: LeaderboardFold = field(default_factory=LeaderboardFold)
    versions: dict[str, tuple[str, str]] = field(default_factory=dict)
    views: tuple[str, ...] = ()

    def hear(self, envelope: Envelope) -> None:
        self.last = envelope
        for fold in (self.board, self.run, self.leaderboard):
            fold.hear(envelope)
        self.effects.take(envelope)
        match envelope.body:
            case RunStarted(settings=settings) | RunContinued(settings=settings):
                self.settings = settings
            case ViewAccepted(view=view):
                self.views += (view.name,)
            case CandidateDrafted(candidate=found) | RepairReady(candidate=found):
                self.versions[found.loop] = (found.id, found.family)
            case _:
                return

    def state(self) -> RunState | None:
        last, task = self.last, self.run.task
        if last is None:
            return None
        return RunState(
            seq=last.seq,
            kind=last.body.kind,
            src=last.src,
            session=last.session,
            phase=self.board.phase,
            metric=None if task is None else task.metric,
            spent=self._spent(),
            loops=tuple(self._loop(loop) for loop in sorted(self.board.loops)),
            effects=dict(Counter(c.body.kind for c in self._open())),
            views=self.views,
            ensemble=self._ensemble(),
            leaderboard=tuple(self.leaderboard.rows()),
        )

    def _open(self) -> list[Envelope]:
        return list(self.effects.commands.values())

    def _loop(self, loop: str) -> LoopState:
        candidate, family = self.versions.get(loop, (None, None))
        rung = self.board.loops[loop]
        waiting = Counter(c.body.kind for c in self._open() if c.loop == loop)
        return LoopState(
            loop=loop,
            candidate=candidate,
            family=family,
            rung=None if rung is None else rung.value,
            effects=dict(waiting),
        )

    def _spent(self) -> SpentState:
        settings = self.settings
        return SpentState(
            seconds=round(self.run.clock.seconds(), 3),
            budget_seconds=None if settings is None else settings.budget_seconds,
            trials=self.run.tally.trials,
            trials_bound=None if settings is None else settings.trials,
            jobs=self.run.tally.jobs,
            tokens=self.run.tokens,
            money=self.run.money,
        )

    def _ensemble(self) -> EnsembleState | None:
        ensemble = self.run.ensemble
        if ensemble is None:
            return None
        return EnsembleState(
            score=ensemble.score,
            standard_error=ensemble.standard_error,
            strategy=ensemble.combination.strategy,
            weights={m.candidate: m.weight for m in ensemble.members},
        )
