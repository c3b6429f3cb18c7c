"""Makes the proposers that the user asked for, one for each lane."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bus.blobs import BlobStore
from engine.errors import EngineError
from proposers.base import Proposer
from proposers.expert.proposer import ExpertProposer
from proposers.fallback import FallbackProposer
from proposers.scripted import ScriptedProposer
from proposers.spending import Spent
from schemas.lane import Lane
from schemas.settings import RunSettings

SCRIPTED = "scripted"
HYBRID = "hybrid"
LLM = "llm"
EXPERT = "expert"
SCRIPTABLE = frozenset({SCRIPTED, HYBRID})


@dataclass(frozen=True, slots=True)
class Proposers:
    """Who answers in each lane.

    Attributes:
        main: Answers in the main lane.
        added: Answers in the added lane of a hybrid run, else None.
    """

    main: Proposer
    added: Proposer | None = None

    def of(self, lane: Lane) -> Proposer:
        """The proposer of a lane."""
        return self.main if lane == "main" or self.added is None else self.added


def script_of(proposer: str) -> Path | None:
    """The script that `scripted:FILE` or `hybrid:FILE` names, or None."""
    name, colon, file = proposer.partition(":")
    return Path(file) if colon and name in SCRIPTABLE else None


def live_lane(settings: RunSettings) -> Lane | None:
    """The lane whose answers come from a live model and so at any time, or None."""
    match settings.proposer:
        case "llm":
            return "main"
        case "hybrid":
            return "added"
        case _:
            return None


@asynccontextmanager
async def open_proposers(
    settings: RunSettings,
    sources: BlobStore,
    spent: Mapping[str, Spent] | None = None,
) -> AsyncIterator[Proposers]:
    """Make the proposers of a run and close what they hold.

    Args:
        settings: What the user asked for.
        sources: Where sources are read and kept.
        spent: What earlier sessions of the run spent on models, by agent.

    Raises:
        EngineError: There is no proposer of that name.
        ProposerError: A proposer cannot be made, for example for want of a key.
        BudgetRefused: A budget in money cannot be kept.
    """
    name = settings.proposer.partition(":")[0]
    script = script_of(settings.proposer)
    if script is not None:
        ideas: Proposer = ScriptedProposer(script, sources)
        yield _with_expert(ideas, sources) if name == HYBRID else Proposers(ideas)
    elif settings.proposer == EXPERT:
        yield Proposers(ExpertProposer(sources))
    elif settings.proposer in {LLM, HYBRID}:
        # Loading the client takes longer than many a run's first candidate.
        from engine.asking_models import open_client
        from proposers.llm.proposer import LlmProposer

        async with open_client(settings, spent) as client:
            llm = LlmProposer(client, sources)
            yield _with_expert(llm, sources) if name == HYBRID else Proposers(llm)
    else:
        raise EngineError(
            f"there is no proposer {settings.proposer!r}; "
            "use expert, llm, hybrid, scripted:FILE or hybrid:FILE"
        )


def _with_expert(ideas: Proposer, sources: BlobStore) -> Proposers:
    expert = ExpertProposer(sources)
    return Proposers(expert, FallbackProposer(ideas, expert))
