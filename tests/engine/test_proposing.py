"""The proposer that the user asked for, or one clear line."""

from pathlib import Path

import pytest

from bus.blobs import BlobStore
from engine.errors import EngineError
from engine.proposing import live_lane, open_proposers
from proposers.errors import ProposerError
from proposers.expert.proposer import ExpertProposer
from proposers.fallback import FallbackProposer
from proposers.scripted import ScriptedProposer
from schemas.settings import RunSettings, TableSettings


def settings(proposer: str) -> RunSettings:
    return RunSettings(tables=TableSettings(table="t"), trials=9, proposer=proposer)


async def test_the_expert_needs_nothing(tmp_path: Path) -> None:
    async with open_proposers(settings("expert"), BlobStore(tmp_path)) as proposers:
        assert isinstance(proposers.main, ExpertProposer)


async def test_a_script_is_read_from_the_file_that_is_named(tmp_path: Path) -> None:
    script = tmp_path / "ideas.toml"
    script.write_text('[[draft]]\nsource = "class Candidate: pass"\n')

    asked = open_proposers(settings(f"scripted:{script}"), BlobStore(tmp_path))
    async with asked as proposers:
        assert isinstance(proposers.main, ScriptedProposer)


async def test_a_script_that_is_not_there_is_named(tmp_path: Path) -> None:
    asked = open_proposers(settings("scripted:nowhere.toml"), BlobStore(tmp_path))

    with pytest.raises(ProposerError, match="nowhere"):
        async with asked:
            pass


async def test_a_language_model_needs_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)

    with pytest.raises(ProposerError, match="OPENAI_API_KEY"):
        async with open_proposers(settings("llm"), BlobStore(tmp_path)):
            pass


async def test_a_language_model_on_a_server_of_ones_own_needs_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")

    async with open_proposers(settings("llm"), BlobStore(tmp_path)) as proposers:
        assert type(proposers.main).__name__ == "LlmProposer"


async def test_a_proposer_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="expert, llm"):
        async with open_proposers(settings("oracle"), BlobStore(tmp_path)):
            pass


async def test_in_a_hybrid_run_the_expert_has_a_lane_of_its_own(tmp_path: Path) -> None:
    script = tmp_path / "ideas.toml"
    script.write_text('[[draft]]\nsource = "class Candidate: pass"\n')

    asked = open_proposers(settings(f"hybrid:{script}"), BlobStore(tmp_path))
    async with asked as proposers:
        assert isinstance(proposers.of("main"), ExpertProposer)
        assert isinstance(proposers.of("added"), FallbackProposer)


@pytest.mark.parametrize(
    ("proposer", "lane"),
    [("llm", "main"), ("hybrid", "added"), ("expert", None), ("hybrid:x", None)],
)
def test_only_a_live_model_may_answer_out_of_turn(
    proposer: str, lane: str | None
) -> None:
    assert live_lane(settings(proposer)) == lane
