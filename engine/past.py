"""What earlier sessions of a run left in its journal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agents.lanes import lane_of
from bus.journal import read_journal
from bus.receipts import Receipts
from engine.bills import read_bills
from engine.errors import RunFolderError
from engine.run_folder import RunFolder
from proposers.payers import AGENT_OF
from proposers.spending import NOTHING_SPENT, Spent
from reports.fold import SessionClock
from schemas.commands import Propose
from schemas.envelope import Cost, Envelope
from schemas.inputs import RunContinued, RunStarted, TablePrepared, Tick
from schemas.sayings import RunFinished, TrialStarted
from schemas.settings import RunSettings


@dataclass(slots=True)
class Past:
    """The part of a journal that setting up again takes.

    Attributes:
        first_settings: What the user asked for at first; agents are made for that.
        settings: What the user asked for last.
        prepared: The table as it was prepared, or None if it never was.
        elapsed_seconds: What the run had taken when its clock was last seen.
        trials: Trials that were started in the main lane, whose number `--trials` bounds.
        end: The run's last word, or None if it is not finished.
    """

    first_settings: RunSettings
    settings: RunSettings
    prepared: TablePrepared | None = None
    elapsed_seconds: float = 0.0
    trials: int = 0
    end: RunFinished | None = None
    _clock: SessionClock = field(default_factory=SessionClock)
    _askers: dict[str, str] = field(default_factory=dict)
    _costs: dict[str, Cost] = field(default_factory=dict)
    _unheard: dict[str, Spent] = field(default_factory=dict)

    def hear(self, event: Envelope) -> None:
        """Take in the next event."""
        if event.io == "in":
            self.end = None
            self._clock.hear(event.session, event.t)
            self._see(self._clock.seconds())
        if event.key is not None and event.cost is not None:
            self.take_cost(event.key, event.cost)
        match event.body:
            case RunContinued(settings=settings):
                self.settings = settings
            case TablePrepared() as prepared:
                self.prepared = prepared
            case Tick(elapsed_seconds=seconds):
                self._see(seconds)
            case Propose(ask=ask):
                self._askers[event.key or ""] = AGENT_OF[ask.kind]
            case TrialStarted():
                self.trials += lane_of(event.loop) == "main"
            case RunFinished() as end:
                self.end = end
            case _:
                return

    def take_cost(self, key: str, cost: Cost) -> None:
        """Note what an effect took; it counts once, whether it was heard already or not."""
        self._costs[key] = cost

    def take_bill(self, key: str, spent: Spent) -> None:
        """Note what calls took whose outcome nobody heard."""
        self._unheard[key] = spent

    @property
    def spent(self) -> Mapping[str, Spent]:
        """What asking models took, by the agent whose budget pays."""
        spent: dict[str, Spent] = {}
        for key, agent in self._askers.items():
            taken = self._unheard.get(key, NOTHING_SPENT)
            if key in self._costs:
                cost = self._costs[key]
                taken = Spent(cost.calls, cost.tokens, cost.money, cost.answer_seconds)
            spent[agent] = spent.get(agent, NOTHING_SPENT) + taken
        return {agent: taken for agent, taken in spent.items() if taken.calls}

    def _see(self, seconds: float) -> None:
        self.elapsed_seconds = max(self.elapsed_seconds, seconds)


def read_past(folder: RunFolder) -> Past:
    """Read what a run left.

    Raises:
        RunFolderError: Not even the first line was written.
        JournalCorrupt: The journal cannot be trusted.
    """
    past = fold_past(read_journal(folder.events))
    if past is None:
        raise RunFolderError(f"{folder.path} holds no run that could be resumed")
    for key, arrival in Receipts(folder.receipts).read().items():
        if arrival.cost is not None:
            past.take_cost(key, arrival.cost)
    for key, spent in read_bills(folder.calls).items():
        past.take_bill(key, spent)
    return past


def fold_past(events: Iterable[Envelope]) -> Past | None:
    """Fold a journal, or any prefix of it; None if not even its first line is there."""
    past: Past | None = None
    for event in events:
        if past is None:
            if not isinstance(event.body, RunStarted):
                return None
            past = Past(event.body.settings, event.body.settings)
        past.hear(event)
    return past
