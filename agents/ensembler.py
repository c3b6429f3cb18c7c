"""The Ensembler rebuilds the ensemble after each pooled candidate and freezes the last."""

import math
from collections.abc import Sequence
from typing import get_args

from agents.bagging import BAGGED_CANDIDATES, REFITS, Bagging, best_of_families
from agents.director import closing_seconds
from agents.filtering import MOST, Filtered, filter_pool, most_of, most_varied
from agents.lanes import asks_model, helping_lane, lane_of
from agents.pool_asks import clusters_ask, shown_pool, strategy_ask
from agents.stacker import STACKED_MEMBERS, Stacker, stacker_loop
from bus.agent import Statement, Voice
from schemas.asks import ClustersAsk, StrategyAsk
from schemas.base import Frozen
from schemas.commands import Combine, PooledFit, Propose
from schemas.ensemble import Ensemble, Exclusion, Strategy
from schemas.envelope import Envelope
from schemas.inputs import (
    Combined,
    CombineFailed,
    EffectFailed,
    FitFinished,
    JobFailed,
    Proposed,
    ProposeFailed,
    RunContinued,
    Tick,
)
from schemas.jobs import Rung
from schemas.proposals import ClustersProposal, StrategyProposal
from schemas.sayings import (
    CancelEffects,
    CandidatePooled,
    EnsembleChosen,
    ExplorationClosed,
    NoEnsemble,
    PoolFiltered,
    RepairReady,
    RepairRefused,
    StrategyDropped,
    TaskReady,
    TrialScored,
)
from schemas.settings import RunSettings
from schemas.task import TaskKind

ASKING_POOL = 5
"""So many pooled candidates are enough to ask the proposer how to combine them."""
SPARE_TIME_SHARE = 0.8
"""Of the time that is left, refits that nobody asked for may take at most so much."""


class Ensembler:
    """Builds ensembles one at a time, so that a run stopped at any moment has a result.

    Once exploration is closed it may have candidates refitted or a stacker written; then
    the last ensemble is built. Where nothing was pooled, the best candidate with at least
    one scored fold stands in.
    """

    name = "ensembler"
    hears: frozenset[type[Frozen]] = frozenset(
        {
            TaskReady,
            Tick,
            TrialScored,
            CandidatePooled,
            Combined,
            CombineFailed,
            Proposed,
            ProposeFailed,
            FitFinished,
            JobFailed,
            EffectFailed,
            RepairReady,
            RepairRefused,
            ExplorationClosed,
            RunContinued,
        }
    )

    def __init__(self, settings: RunSettings) -> None:
        self._settings = settings
        self._voice = Voice(self.name, settings.seed)
        self._sign = 1.0
        self._elapsed = 0.0
        self._pool: list[PooledFit] = []
        self._stand_in: PooledFit | None = None
        self._left_out: frozenset[str] = frozenset()
        self._fold_seconds: dict[str, float] = {}
        self._combining: str | None = None
        self._combinations = 0
        self._is_stale = False
        self._is_closing = False
        self._is_final = False
        self._latest: Ensemble | None = None
        self._has_asked = False
        self._ask: str | None = None
        self._suggested: Strategy | None = None
        self._clusters: int | None = None
        self._has_begun_work = False
        self._bagging = Bagging(settings, self._voice)
        self._stacker: Stacker | None = None
        self._stackers = 0

    def decide(self, event: Envelope) -> Sequence[Statement]:
        """Answer an event; see the class."""
        match event.body:
            case TaskReady() as ready:
                return self._begin(ready)
            case Tick(elapsed_seconds=elapsed):
                self._elapsed = elapsed
                return self._give_up() if self._is_overdue else []
            case TrialScored() as scored:
                self._note_stand_in(scored)
                return []
            case CandidatePooled(fit=fit):
                return self._take_candidate(fit)
            case ExplorationClosed(reason=reason):
                return self._close(reason)
            case RunContinued(settings=settings):
                return self._continue(settings)
            case _ if event.key is not None and event.key == self._combining:
                return self._end_combining(event)
            case _ if self._is_final:
                return []
            case _:
                return self._decide_work(event)

    def _begin(self, ready: TaskReady) -> list[Statement]:
        self._task = ready.task
        self._baseline = ready.baseline
        self._sign = 1.0 if ready.task.greater_is_better else -1.0
        return []

    def _continue(self, settings: RunSettings) -> list[Statement]:
        """Go on under other settings; a last ensemble that is being made is taken back."""
        self._settings = self._bagging.settings = settings
        if not self._is_closing:
            return []
        self._is_closing = self._is_final = self._has_begun_work = False
        statements = self._take_back("the run goes on")
        self._stacker = None
        self._bagging.forget()
        return statements

    # -- the pool

    def _utility(self, fit: PooledFit) -> float:
        return -math.inf if math.isnan(fit.score) else self._sign * fit.score

    def _note_stand_in(self, scored: TrialScored) -> None:
        """Remember the best so far, one with more folds before one with fewer."""
        if scored.rung is Rung.SMOKE or not scored.fit.models:
            return
        folds = max(1, len(scored.fit.folds))
        self._fold_seconds[scored.candidate] = scored.seconds / folds
        best = self._stand_in
        if best is None or self._rank(scored.fit) > self._rank(best):
            self._stand_in = scored.fit

    def _rank(self, fit: PooledFit) -> tuple[int, float]:
        return (len(fit.folds), self._utility(fit))

    def _take_candidate(self, fit: PooledFit) -> list[Statement]:
        self._pool.append(fit)
        self._pool.sort(key=self._utility, reverse=True)
        statements = self._ask_early()
        if self._combining is not None:
            self._is_stale = True
            return statements
        return [*statements, *self._combine(self._pool)]

    @property
    def _is_clustering(self) -> bool:
        return self._task.kind is TaskKind.CLUSTERING

    def _filter(self, pool: Sequence[PooledFit]) -> Filtered:
        """Leave out the weak, and the many; what is weak a consensus finds by itself."""
        if self._is_clustering:
            return most_varied(pool, MOST)
        strong = filter_pool(pool, self._baseline, self._sign)
        varied = most_varied(strong.kept, most_of(self._task.rows))
        return Filtered(varied.kept, strong.excluded + varied.excluded)

    def _say_left_out(self, excluded: tuple[Exclusion, ...]) -> list[Statement]:
        """Name who is left out now and was not before."""
        new = tuple(out for out in excluded if out.candidate not in self._left_out)
        self._left_out = frozenset(out.candidate for out in excluded)
        return [self._voice.say(PoolFiltered(excluded=new))] if new else []

    # -- combining

    def _combine(self, pool: Sequence[PooledFit]) -> list[Statement]:
        self._is_stale = False
        self._combinations += 1
        kept, excluded = self._filter(pool)
        left_out = self._say_left_out(excluded)
        added, others = self._lanes(pool, kept) if self._is_final else ((), ())
        command = Combine(
            pool=kept,
            is_final=self._is_final,
            strategy=self._settings.ensemble,
            suggested=self._suggested,
            bagged=self._bagging.fits() if self._is_final else (),
            stacker=self._stacker.fit if self._stacker else None,
            added=added,
            without_added=others,
            clusters=self._clusters,
        )
        asked = self._voice.ask(command, purpose="combine", n=self._combinations)
        self._combining = asked.key
        return [*left_out, asked]

    def _lanes(
        self, pool: Sequence[PooledFit], kept: Sequence[PooledFit]
    ) -> tuple[tuple[str, ...], tuple[PooledFit, ...]]:
        """Who of the added lane is kept, and who would be kept without that lane."""
        added = tuple(fit.candidate.id for fit in kept if _is_added(fit))
        others = [fit for fit in pool if not _is_added(fit)]
        return added, self._filter(others).kept if added and others else ()

    def _end_combining(self, event: Envelope) -> list[Statement]:
        self._combining = None
        match event.body:
            case Combined(ensemble=ensemble):
                return self._take_ensemble(ensemble)
            case CombineFailed(message=message) | EffectFailed(message=message):
                return self._combining_failed(message)
            case _:
                return []

    def _take_ensemble(self, ensemble: Ensemble) -> list[Statement]:
        self._latest = ensemble
        chosen = EnsembleChosen(ensemble=ensemble, is_final=self._is_final)
        statements = [self._voice.say(chosen)]
        if self._is_stale and not self._is_final:
            statements += self._combine(self._pool)
        return statements

    def _combining_failed(self, message: str) -> list[Statement]:
        if not self._is_final:
            return []
        if self._latest is None:
            reason = f"the ensemble could not be built: {message}"
            return [self._voice.say(NoEnsemble(reason=reason))]
        chosen = EnsembleChosen(ensemble=self._latest, is_final=True)
        return [self._voice.say(chosen)]

    # -- the end

    def _close(self, reason: str) -> list[Statement]:
        statements: list[Statement] = []
        if self._combining is not None:
            statements.append(self._voice.say(CancelEffects(keys=(self._combining,))))
            self._combining = None
        self._is_closing = True
        if reason == "cancelled" or self._is_clustering or not self._pool:
            return [*statements, *self._give_up()]
        if not self._has_asked:
            statements += self._ask_strategy()
        return [*statements, *self._go_on()]

    @property
    def _deadline(self) -> float:
        """When the last ensemble must be begun; never in a run that has no clock."""
        budget = self._settings.budget_seconds
        return math.inf if budget is None else closing_seconds(budget, self._task.rows)

    @property
    def _is_overdue(self) -> bool:
        is_waiting = self._is_closing and not self._is_final
        return is_waiting and self._elapsed >= self._deadline

    @property
    def _is_working(self) -> bool:
        has_open_stacker = self._stacker is not None and self._stacker.is_open
        return bool(self._ask or self._bagging.pending or has_open_stacker)

    def _go_on(self) -> list[Statement]:
        """Once exploration is closed: begin what was asked for, or end if all is there."""
        if not self._is_closing or self._is_working:
            return []
        statements: list[Statement] = []
        if not self._has_begun_work:
            self._has_begun_work = True
            statements += self._begin_work()
        return statements if self._is_working else [*statements, *self._finish()]

    def _give_up(self) -> list[Statement]:
        """Wait for nothing more, and build the last ensemble of what there is."""
        return [*self._take_back("out of time"), *self._finish()]

    def _take_back(self, reason: str) -> list[Statement]:
        keys = self._bagging.give_up()
        keys += tuple(key for key in (self._ask, self._combining) if key)
        self._ask = self._combining = None
        statements = self._stacker.close(reason) if self._stacker else []
        if keys:
            statements.append(self._voice.say(CancelEffects(keys=keys)))
        return statements

    def _finish(self) -> list[Statement]:
        self._is_final = True
        pool = self._pool or ([self._stand_in] if self._stand_in else [])
        is_undivided = self._task.clusters == 1
        if pool or is_undivided:
            return [*self._say_dropped(), *self._combine(pool)]
        nothing = NoEnsemble(reason="no candidate could be fitted and scored in time")
        return [self._voice.say(nothing)]

    def _say_dropped(self) -> list[Statement]:
        """Say so if what was asked for cannot be had."""
        dropped = {
            "bagging": None if self._bagging.fits() else "no refit was completed",
            "written": self._why_no_stacker,
        }
        return [
            self._voice.say(StrategyDropped(strategy=strategy, reason=reason))
            for strategy in get_args(Strategy)
            if self._is_wanted(strategy) and (reason := dropped.get(strategy))
        ]

    @property
    def _why_no_stacker(self) -> str | None:
        if self._stacker is None:
            return "no stacker was asked for"
        return self._stacker.reason

    # -- the strategy, refits and the stacker

    def _is_wanted(self, strategy: Strategy) -> bool:
        return strategy in {self._settings.ensemble, self._suggested}

    def _ask_early(self) -> list[Statement]:
        """Ask as soon as there is enough to say, so that the answer is there in time."""
        if self._has_asked or len(self._pool) < ASKING_POOL:
            return []
        return self._ask_strategy()

    def _ask_strategy(self) -> list[Statement]:
        self._has_asked = True
        ask = self._question()
        if ask is None:
            return []
        command = Propose(ask=ask, lane=helping_lane(self._settings))
        asked = self._voice.ask(command, purpose=ask.kind)
        self._ask = asked.key
        return [asked]

    def _question(self) -> StrategyAsk | ClustersAsk | None:
        """What is still open: how to combine, or how many clusters there are."""
        settings = self._settings
        scored = shown_pool(self._pool, self._fold_seconds)
        leaderboard = scored if settings.is_feedback_on else ()
        if not self._is_clustering:
            is_open = settings.ensemble == "auto"
            return strategy_ask(self._pool, leaderboard) if is_open else None
        is_model_asked = asks_model(settings, helping_lane(settings))
        if self._task.clusters is not None or not is_model_asked:
            return None
        return clusters_ask(leaderboard)

    def _begin_work(self) -> list[Statement]:
        statements: list[Statement] = []
        pool = self._filter(self._pool).kept
        if self._is_wanted("bagging") or self._has_spare_time(pool):
            statements += self._bagging.begin(pool, self._elapsed)
        if self._is_wanted("written"):
            members = pool[:STACKED_MEMBERS]
            loop = stacker_loop(self._stackers)
            self._stackers += 1
            self._stacker = Stacker(
                self._settings, self._task, self._voice, members, loop
            )
            statements += self._stacker.begin()
        return statements

    def _has_spare_time(self, pool: Sequence[PooledFit]) -> bool:
        """Whether the clock leaves time for refits that nobody asked for."""
        settings = self._settings
        if settings.ensemble != "auto" or settings.budget_seconds is None:
            return False
        needed = math.fsum(
            REFITS * len(fit.folds) * self._fold_seconds.get(fit.candidate.id, math.inf)
            for fit in best_of_families(pool, BAGGED_CANDIDATES)
        )
        left = SPARE_TIME_SHARE * (self._deadline - self._elapsed)
        return needed / (settings.workers * settings.threads) <= left

    def _decide_work(self, event: Envelope) -> list[Statement]:
        if event.key is not None and event.key == self._ask:
            return self._take_strategy(event)
        if event.key in self._bagging.pending:
            return self._take_refit(event, event.key or "")
        stacker = self._stacker
        if stacker is not None and (
            stacker.owns(event.key)
            or (event.loop == stacker.loop and event.key is None)
        ):
            return [*stacker.hear(event, self._elapsed), *self._go_on()]
        return []

    def _take_strategy(self, event: Envelope) -> list[Statement]:
        self._ask = None
        match event.body:
            case Proposed(proposal=StrategyProposal(strategy=strategy)):
                self._suggested = None if strategy == "auto" else strategy
            case Proposed(proposal=ClustersProposal(clusters=clusters)):
                self._clusters = clusters
            case _:
                pass
        return self._go_on()

    def _take_refit(self, event: Envelope, key: str) -> list[Statement]:
        match event.body:
            case FitFinished(report=report):
                self._bagging.take(key, report)
            case _:
                self._bagging.fail(key)
        return self._go_on()


def _is_added(fit: PooledFit) -> bool:
    return lane_of(fit.candidate.loop) == "added"
