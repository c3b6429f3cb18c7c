"""What earlier sessions of a run left in its journal."""

from collections.abc import Mapping
from dataclasses import dataclass

from bus.journal import read_journal
from bus.receipts import Receipts
from engine.errors import RunFolderError
from engine.run_folder import RunFolder
from proposers.spending import NOTHING_SPENT, Spent
from schemas.commands import Propose
from schemas.envelope import Cost
from schemas.inputs import RunStarted, TablePrepared, Tick
from schemas.settings import RunSettings


@dataclass(frozen=True, slots=True)
class Past:
    """The part of a journal that setting up again takes.

    Attributes:
        settings: What the user asked for.
        prepared: The table as it was prepared, or None if it never was.
        elapsed_seconds: What the run had taken when its clock was last seen.
        spent: What asking models took, by the agent that asked.
    """

    settings: RunSettings
    prepared: TablePrepared | None
    elapsed_seconds: float
    spent: Mapping[str, Spent]


def read_past(folder: RunFolder) -> Past:
    """Read what a run left.

    Raises:
        RunFolderError: Not even the first line was written.
        JournalCorrupt: The journal cannot be trusted.
    """
    settings: RunSettings | None = None
    prepared: TablePrepared | None = None
    elapsed = 0.0
    askers: dict[str, str] = {}
    costs: dict[str, Cost] = {}
    for event in read_journal(folder.events):
        match event.body:
            case RunStarted(settings=found):
                settings = found
            case TablePrepared() as found:
                prepared = found
            case Tick(elapsed_seconds=seconds):
                elapsed = seconds
            case Propose():
                askers[event.key or ""] = event.src
        if event.key is not None and event.cost is not None:
            costs[event.key] = event.cost
    for key, arrival in Receipts(folder.receipts).read().items():
        if arrival.cost is not None:
            costs[key] = arrival.cost
    if settings is None:
        raise RunFolderError(f"{folder.path} holds no run that could be resumed")
    return Past(settings, prepared, elapsed, _spent(askers, costs))


def _spent(askers: Mapping[str, str], costs: Mapping[str, Cost]) -> dict[str, Spent]:
    """Sum up by agent what asks took.

    Args:
        askers: Who asked, by the key of the ask.
        costs: What effects took, by key; an outcome that arrived counts once, whether it
            was heard already or not.
    """
    spent: dict[str, Spent] = {}
    for key, agent in askers.items():
        if key in costs:
            cost = costs[key]
            taken = Spent(cost.calls, cost.tokens, cost.money, cost.answer_seconds)
            spent[agent] = spent.get(agent, NOTHING_SPENT) + taken
    return spent
