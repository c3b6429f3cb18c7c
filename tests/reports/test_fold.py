"""The fold holds no more than what is still open."""

from reports.fold import RunFold, SessionClock
from schemas.envelope import Envelope


def test_no_job_stays_open_at_the_end_of_a_run(a_run: list[Envelope]) -> None:
    fold = RunFold()
    most = 0
    for line in a_run:
        fold.hear(line)
        most = max(most, len(fold.open_jobs))

    assert most >= 1
    assert fold.open_jobs == set()


def test_a_clock_that_goes_back_takes_no_time_away() -> None:
    clock = SessionClock()
    for t in (5_000_000_000, 8_000_000_000, 6_000_000_000):
        clock.hear(session=0, t=t)

    assert clock.seconds() == 3.0
