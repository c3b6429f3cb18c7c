"""Makes the proposer that the user asked for."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from bus.blobs import BlobStore
from engine.errors import EngineError
from proposers.base import Proposer
from proposers.expert.proposer import ExpertProposer
from proposers.scripted import ScriptedProposer
from proposers.spending import Spent
from schemas.settings import RunSettings

SCRIPTED = "scripted:"


@asynccontextmanager
async def open_proposer(
    settings: RunSettings,
    sources: BlobStore,
    spent: Mapping[str, Spent] | None = None,
) -> AsyncIterator[Proposer]:
    """Make a proposer and close what it holds.

    Args:
        settings: What the user asked for.
        sources: Where sources are read and kept.
        spent: What earlier sessions of the run spent on models, by agent.

    Raises:
        EngineError: There is no proposer of that name.
        ProposerError: The proposer cannot be made, for example for want of a key.
        BudgetRefused: A budget in money cannot be kept.
    """
    name = settings.proposer
    if name == "expert":
        yield ExpertProposer(sources)
    elif name == "llm":
        # Loading the client takes longer than many a run's first candidate.
        from engine.asking_models import open_client
        from proposers.llm.proposer import LlmProposer

        async with open_client(settings, spent) as client:
            yield LlmProposer(client, sources)
    elif name.startswith(SCRIPTED):
        yield ScriptedProposer(Path(name.removeprefix(SCRIPTED)), sources)
    else:
        raise EngineError(
            f"there is no proposer {name!r}; use expert, llm or scripted:FILE"
        )
