"""What is said about this machine."""

import os

from engine.doctor import examine


async def test_a_real_job_runs_and_every_area_is_looked_at() -> None:
    findings = await examine()

    by_name = {finding.name: finding for finding in findings}
    assert {finding.area for finding in findings} == {
        "machine",
        "libraries",
        "isolation",
        "workers",
    }
    assert by_name["cores"].state == str(len(os.sched_getaffinity(0)))
    assert by_name["self-test"].level == "good", by_name["self-test"].state
    layers = [finding for finding in findings if finding.area == "isolation"]
    assert all((f.level == "good") == (f.state == "active") for f in layers)
