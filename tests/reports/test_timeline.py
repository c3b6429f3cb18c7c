"""Jobs that ran side by side stand on lines of their own."""

from itertools import pairwise

from reports.timeline import Timeline, TimelineFold
from schemas.envelope import Envelope


def timeline_of(run: list[Envelope]) -> Timeline:
    fold = TimelineFold()
    for envelope in run:
        fold.hear(envelope)
    return fold.timeline()


def test_every_job_that_ended_is_there_once(a_run: list[Envelope]) -> None:
    timed = [
        line.model_copy(update={"duration": 0.5}) if line.io == "in" else line
        for line in a_run
    ]

    jobs = timeline_of(timed).jobs

    ended = [job.outcome for job in jobs]
    assert ended.count("failed") == 1
    assert ended.count("cancelled") == 1
    assert {job.work for job in jobs} == {"smoke", "full"}
    assert all(job.start < job.end for job in jobs)


def test_no_two_jobs_of_a_line_overlap(a_run: list[Envelope]) -> None:
    timed = [
        line.model_copy(update={"duration": 5.0}) if line.io == "in" else line
        for line in a_run
    ]

    jobs = timeline_of(timed).jobs

    for lane in {job.lane for job in jobs}:
        own = [job for job in jobs if job.lane == lane]
        assert all(one.end <= two.start + 0.01 for one, two in pairwise(own))


def test_every_ensemble_has_its_moment(a_run: list[Envelope]) -> None:
    points = timeline_of(a_run).ensembles

    assert [point.score for point in points] == [0.84, 0.85]
    assert points[0].seconds <= points[1].seconds
