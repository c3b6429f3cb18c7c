"""Content is named by its hash and never silently changes."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus.blobs import BlobStore
from bus.errors import BlobMissing


@settings(max_examples=40)
@given(content=st.binary(max_size=200))
def test_what_is_kept_is_read_again(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = BlobStore(tmp_path_factory.getbasetemp() / "blobs")

    ref = store.keep(content)

    assert ref.size == len(content)
    assert store.read(ref) == content


@settings(max_examples=20)
@given(text=st.text())
def test_text_is_read_as_it_was(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = BlobStore(tmp_path_factory.getbasetemp() / "blobs")

    assert store.read_text(store.keep_text(text)) == text


def test_the_same_content_is_stored_once(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)

    refs = {store.keep(b"same"), store.keep(b"same"), BlobStore(tmp_path).keep(b"same")}

    (ref,) = refs
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [store.path_of(ref)]


def test_a_file_that_was_changed_is_not_taken_for_the_content(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    ref = store.keep(b"predictions")
    store.path_of(ref).write_bytes(b"predictionz")

    with pytest.raises(BlobMissing, match="was changed on disk"):
        store.read(ref)


def test_content_that_was_dropped_is_missing(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    ref = store.keep(b"model")
    store.drop(ref)
    store.drop(ref)

    with pytest.raises(BlobMissing, match="cannot be read"):
        store.read(ref)
    assert store.keep(b"model") == ref
    assert store.read(ref) == b"model"
