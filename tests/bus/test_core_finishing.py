"""Whatever finishes first, reproducible runs are the same and every run can be replayed."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus.journal import read_journal
from bus.replay import Replayer
from tests.bus.conftest import (
    STARTED_IN_ORDER,
    Crew,
    PatientRunner,
)
from tests.bus.core_runs import commands_in, outcomes_in, run_through, spoken


@settings(max_examples=40)
@given(
    turns=st.lists(st.integers(0, 25), min_size=12, max_size=12),
    workers=st.integers(1, 4),
)
async def test_a_reproducible_run_writes_the_same_whatever_finishes_first(
    turns: list[int], workers: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("reproducible")
    for name, runner, count_ in (
        ("reference", PatientRunner([0]), 1),
        ("other", PatientRunner(turns), workers),
    ):
        await run_through(
            folder / name,
            [Crew(jobs=6, more=6)],
            runner,
            is_reproducible=True,
            workers=count_,
        )

    assert spoken(folder / "other") == spoken(folder / "reference")


@settings(max_examples=30)
@given(
    turns=st.lists(st.integers(0, 25), min_size=12, max_size=12),
    workers=st.integers(1, 4),
    is_reproducible=st.booleans(),
)
async def test_every_run_can_be_replayed_whatever_finished_first(
    turns: list[int],
    workers: int,
    is_reproducible: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("replayed") / "j"
    await run_through(
        path,
        [Crew(jobs=6, more=6)],
        PatientRunner(turns),
        is_reproducible=is_reproducible,
        workers=workers,
    )

    report = Replayer(lambda _: [Crew(jobs=6, more=6)]).verify(read_journal(path))

    assert report.events == len(list(read_journal(path)))
    assert len(outcomes_in(path)) == 12


@STARTED_IN_ORDER
async def test_a_clock_bound_run_hears_what_finishes_first(tmp_path: Path) -> None:
    path = tmp_path / "j"
    await run_through(path, [Crew(jobs=2)], PatientRunner([20, 1]))

    first, second = (event.key for event in commands_in(path))

    assert list(outcomes_in(path)) == [second, first]
