"""Makes the proposer that the user asked for."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bus.blobs import BlobStore
from engine.errors import EngineError
from proposers.base import Proposer
from proposers.expert.proposer import ExpertProposer
from proposers.scripted import ScriptedProposer
from schemas.settings import RunSettings

SCRIPTED = "scripted:"


@asynccontextmanager
async def open_proposer(
    settings: RunSettings, sources: BlobStore
) -> AsyncIterator[Proposer]:
    """Make a proposer and close what it holds.

    Raises:
        EngineError: There is no proposer of that name.
        ProposerError: The proposer cannot be made, for example for want of a key.
    """
    name = settings.proposer
    if name == "expert":
        yield ExpertProposer(sources)
    elif name == "llm":
        # Loading the client takes longer than many a run's first candidate.
        from proposers.llm.chat.access import read_access
        from proposers.llm.chat.client import ChatClient
        from proposers.llm.proposer import LlmProposer

        access = read_access(os.environ, settings.llm_model)
        async with ChatClient(access) as client:
            yield LlmProposer(client, sources)
    elif name.startswith(SCRIPTED):
        yield ScriptedProposer(Path(name.removeprefix(SCRIPTED)), sources)
    else:
        raise EngineError(
            f"there is no proposer {name!r}; use expert, llm or scripted:FILE"
        )
