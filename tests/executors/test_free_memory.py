"""Memory that is free: of the machine, and of the container around us."""

import os
from pathlib import Path

import pytest

from engine.run_choices import RunChoices
from engine.run_options import MEMORY_SHARE, make_settings
from executors.free_memory import available_bytes
from schemas.settings import TableSettings

MEBIBYTE = 1024**2
SECOND = ("memory.max", "memory.current", "memory.stat", "inactive_file")
FIRST = (
    "memory/memory.limit_in_bytes",
    "memory/memory.usage_in_bytes",
    "memory/memory.stat",
    "total_inactive_file",
)


def container(folder: Path, files: tuple[str, ...], limit: str = "") -> Path:
    """A control group of 100 MiB, of which 70 are used, 30 of them by page cache."""
    limit_file, used, statistics, cache = files
    (folder / "memory").mkdir()
    (folder / limit_file).write_text(limit or f"{100 * MEBIBYTE}\n")
    (folder / used).write_text(f"{70 * MEBIBYTE}\n")
    told = f"anon 1\n{cache} {30 * MEBIBYTE}\nactive_file 5\n"
    (folder / statistics).write_text(told)
    return folder


def test_some_memory_is_free_here_and_less_than_all_memory() -> None:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")

    assert 0 < available_bytes() < pages


@pytest.mark.parametrize("files", [FIRST, SECOND])
def test_a_container_leaves_its_limit_less_what_it_cannot_give_back(
    tmp_path: Path, files: tuple[str, ...]
) -> None:
    assert available_bytes(container(tmp_path, files)) == 60 * MEBIBYTE


@pytest.mark.parametrize(("files", "none"), [(SECOND, "max"), (FIRST, str(2**63))])
def test_a_container_without_a_limit_leaves_what_the_machine_does(
    tmp_path: Path, files: tuple[str, ...], none: str
) -> None:
    assert available_bytes(container(tmp_path, files, none)) > 100 * MEBIBYTE


def test_a_container_that_is_over_its_limit_leaves_nothing(tmp_path: Path) -> None:
    assert available_bytes(container(tmp_path, SECOND, "1")) == 0


def test_what_a_run_may_take_by_default_is_a_share_of_what_the_container_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = container(tmp_path, SECOND, str(10**9))
    monkeypatch.setattr("executors.free_memory.available_bytes.__defaults__", (group,))
    tables = TableSettings(table="t.csv", target="y")

    settings = make_settings(tables, RunChoices(workers=1))

    left = 10**9 - 40 * MEBIBYTE
    assert settings.memory_bytes == int(MEMORY_SHARE * left)
