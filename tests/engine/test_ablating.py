"""Versions that lack one part each are written, and none is run."""

from pathlib import Path

import pytest

from bus.blobs import BlobStore
from engine.ablating import MOST_VERSIONS, Ablating
from schemas.candidate import RAW_VIEW, Candidate, View, ViewProgram
from schemas.inputs import AblationPlanned

MANY = "\n".join(f"model = Kind{number}(setting=1)" for number in range(9))


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def candidate(blobs: BlobStore, source: str, view: View = RAW_VIEW) -> Candidate:
    return Candidate(
        id="a00-v1",
        loop="a00",
        version=1,
        family="forest",
        title="trees",
        source=blobs.keep_text(source),
        fingerprint="of trees",
        view=view,
        origin="llm",
        operator="draft",
    )


def rich(blobs: BlobStore) -> View:
    source = blobs.keep_text("class Features: ...")
    program = ViewProgram(name="ratios", source=source, columns=("ratio",))
    return View(name="features-1", programs=(program,))


async def planned(blobs: BlobStore, tried: Candidate) -> AblationPlanned:
    outcome = await Ablating(blobs).run(tried)
    assert isinstance(outcome.body, AblationPlanned)
    assert outcome.body.candidate == tried.id
    return outcome.body


async def test_each_version_is_kept_under_what_it_lacks(blobs: BlobStore) -> None:
    (version,) = (
        await planned(blobs, candidate(blobs, "model = Trees(leaves=3)"))
    ).versions

    assert (version.part, version.lines) == ("the settings of Trees (leaves)", (1, 1))
    assert blobs.read_text(version.source) == "model = Trees()\n"
    assert version.view == RAW_VIEW


async def test_a_view_is_the_first_part(blobs: BlobStore) -> None:
    tried = candidate(blobs, "model = Trees(leaves=3)", rich(blobs))

    plain, other = (await planned(blobs, tried)).versions

    assert (plain.part, plain.lines) == ("the columns of view 'features-1'", None)
    assert (plain.source, plain.view) == (tried.source, RAW_VIEW)
    assert other.view == tried.view


async def test_there_are_never_more_than_a_few(blobs: BlobStore) -> None:
    for view in (RAW_VIEW, rich(blobs)):
        versions = (await planned(blobs, candidate(blobs, MANY, view))).versions

        assert len(versions) == MOST_VERSIONS


async def test_what_is_all_of_one_piece_has_no_parts(blobs: BlobStore) -> None:
    assert not (await planned(blobs, candidate(blobs, "class Candidate: ..."))).versions
