"""In whatever world, the whole team comes to an end, and always to the same."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.team import build_agents
from bus.errors import Divergence
from bus.journal import read_journal
from bus.replay import Replayer
from schemas.commands import Combine
from schemas.ensemble import StrategyChoice
from schemas.inputs import Combined
from tests.agents.samples import make_settings, make_task
from tests.agents.simulation import Clock, simulate
from tests.agents.whole_team_checks import check
from tests.agents.world import World


@settings(max_examples=15)
@given(
    turns=st.lists(st.integers(0, 30), min_size=1, max_size=17),
    workers=st.integers(1, 6),
    salt=st.integers(0, 3),
)
async def test_a_reproducible_run_says_the_same_whatever_finishes_first(
    turns: list[int],
    workers: int,
    salt: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("same")
    lines = []
    for name, pace, count in (("one", [1], 1), ("other", turns, workers)):
        world = World(
            salt=salt, breaks=0.2, hopeless=0.2, flat=0.1, raises=0.02, turns=pace
        )
        wanted = make_settings(trials=30, workers=count)
        lines.append((await simulate(folder / name, wanted, world)).words())

    # The number of workers stands in the first line; nothing else depends on it.
    assert lines[0][1:] == lines[1][1:]
    assert len(lines[0]) > 30


SHARES = st.sampled_from([0.0, 0.1, 0.4, 0.9])


@settings(max_examples=60)
@given(
    world=st.builds(
        World,
        salt=st.integers(0, 99),
        drafts=st.sampled_from([0, 1, 7, 900]),
        refuses=SHARES,
        repeats=SHARES,
        breaks=SHARES,
        hopeless=SHARES,
        flat=SHARES,
        twins=SHARES,
        raises=st.sampled_from([0.0, 0.1, 0.3]),
        turns=st.lists(st.integers(0, 20), min_size=1, max_size=9),
        task=st.builds(make_task, greater_is_better=st.booleans()),
        strategy=st.sampled_from(["auto", "best", "bagging", "written"]),
    ),
    trials=st.none() | st.integers(3, 60),
    workers=st.integers(1, 5),
    cancel_after=st.none() | st.integers(1, 20),
    ensemble=st.sampled_from(["auto", "voting", "bagging", "written"]),
)
async def test_every_world_comes_to_an_end_and_never_to_a_crash(
    world: World,
    trials: int | None,
    workers: int,
    cancel_after: int | None,
    ensemble: StrategyChoice,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    budget = None if trials is not None else 6.0
    wanted = make_settings(
        trials=trials, budget_seconds=budget, workers=workers, ensemble=ensemble
    )
    is_timed = trials is None
    clock = Clock(cancel_after=cancel_after, ticks=is_timed)

    path = tmp_path_factory.mktemp("world") / "j"
    story = await simulate(path, wanted, world, clock)

    check(story, wanted)


async def test_a_team_that_decides_otherwise_is_found_out(tmp_path: Path) -> None:
    story = await simulate(tmp_path / "j", make_settings(trials=30), World())
    (combined, *_) = story.of_kind(Combined)

    with pytest.raises(Divergence) as caught:
        Replayer(lambda found: build_agents(found)[:-1]).verify(
            read_journal(story.path)
        )

    first = story.of_kind(Combine)[0]
    assert caught.value.seq == first.seq < combined.seq
