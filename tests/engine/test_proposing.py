"""The proposer that the user asked for, or one clear line."""

from pathlib import Path

import pytest

from bus.blobs import BlobStore
from engine.errors import EngineError
from engine.proposing import open_proposer
from proposers.errors import ProposerError
from proposers.expert.proposer import ExpertProposer
from proposers.scripted import ScriptedProposer
from schemas.settings import RunSettings, TableSettings


def settings(proposer: str) -> RunSettings:
    return RunSettings(tables=TableSettings(table="t"), trials=9, proposer=proposer)


async def test_the_expert_needs_nothing(tmp_path: Path) -> None:
    async with open_proposer(settings("expert"), BlobStore(tmp_path)) as proposer:
        assert isinstance(proposer, ExpertProposer)


async def test_a_script_is_read_from_the_file_that_is_named(tmp_path: Path) -> None:
    script = tmp_path / "ideas.toml"
    script.write_text('[[draft]]\nsource = "class Candidate: pass"\n')

    asked = open_proposer(settings(f"scripted:{script}"), BlobStore(tmp_path))
    async with asked as proposer:
        assert isinstance(proposer, ScriptedProposer)


async def test_a_script_that_is_not_there_is_named(tmp_path: Path) -> None:
    asked = open_proposer(settings("scripted:nowhere.toml"), BlobStore(tmp_path))

    with pytest.raises(ProposerError, match="nowhere"):
        async with asked:
            pass


async def test_a_language_model_needs_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)

    with pytest.raises(ProposerError, match="OPENAI_API_KEY"):
        async with open_proposer(settings("llm"), BlobStore(tmp_path)):
            pass


async def test_a_language_model_on_a_server_of_ones_own_needs_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")

    async with open_proposer(settings("llm"), BlobStore(tmp_path)) as proposer:
        assert type(proposer).__name__ == "LlmProposer"


async def test_a_proposer_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="expert, llm"):
        async with open_proposer(settings("oracle"), BlobStore(tmp_path)):
            pass
