"""The added lane waits for the first slots, and stays within its share."""

from agents.share import FIRST_SLOTS, Share
from tests.agents.samples import make_settings


def settled(share: Share) -> Share:
    for number in range(FIRST_SLOTS):
        share.note_main(f"c0{number}")
    return share


def test_nothing_starts_before_the_first_slots_are_settled() -> None:
    share = Share(make_settings(trials=60))

    assert not share.allows(1, 0.0)
    assert settled(share).allows(1, 0.0)


def test_a_main_lane_that_is_over_leaves_the_workers_to_the_other() -> None:
    share = Share(make_settings(budget_seconds=60.0))
    share.note_main_over()

    assert share.allows(100, 1.0)


def test_under_a_clock_jobs_that_are_out_count_with_the_mean_of_the_others() -> None:
    share = settled(Share(make_settings(budget_seconds=60.0, workers=2)))

    assert not share.allows(1, 1.0)
    assert share.allows(1, 2.0)
    share.start(("a", "b"))
    share.end("a", 4.0)
    share.end("a", 4.0)
    assert not share.allows(1, 19.0)
    assert share.allows(1, 20.0)
    share.charge(6.0)
    assert not share.allows(1, 20.0)


def test_jobs_that_were_taken_back_are_not_waited_for() -> None:
    share = settled(Share(make_settings(budget_seconds=60.0, workers=2)))
    share.start(("a", "b", "c"))
    share.end("a", 4.0)

    share.take_back(["b", "c", "d"])

    # What came back took four seconds, and so will the next.
    assert share.allows(1, 14.0)
    assert not share.allows(1, 13.0)
