"""Measures how busy the workers are between a run's first and last full trial.

Run from the root: `python benchmarks/occupancy.py RUN`, RUN being a run's folder.
"""

import sys
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bus.journal import read_journal
from schemas.commands import RunJob
from schemas.inputs import FeatureFinished, FitFinished, JobFailed, RunStarted
from schemas.jobs import FitJob, Rung

NANOSECONDS_PER_SECOND = 1e9


def occupancy(path: Path) -> tuple[float, float, int]:
    """Share of worker time in use, the seconds looked at, and the number of workers."""
    spans, full, issued, workers = [], [], {}, 1
    for event in read_journal(path / "events.jsonl"):
        match event.body:
            case RunStarted(settings=settings):
                workers = settings.workers
            case RunJob(job=job):
                issued[event.key] = job
            case FitFinished() | FeatureFinished() | JobFailed():
                end = event.t / NANOSECONDS_PER_SECOND
                span = (end - (event.duration or 0.0), end)
                spans.append(span)
                job = issued[event.key]
                if isinstance(job, FitJob) and job.rung is Rung.FULL:
                    full.append(span)
    first, last = min(start for start, _ in full), max(end for _, end in full)
    moments = sorted({first, last, *(t for span in spans for t in span)})
    inside = [(a, b) for a, b in pairwise(moments) if first <= a and b <= last]
    busy = sum(
        (b - a) * sum(start <= a and b <= end for start, end in spans)
        for a, b in inside
    )
    return busy / (workers * (last - first)), last - first, workers


if __name__ == "__main__":
    share, seconds, count = occupancy(Path(sys.argv[1]))
    sys.stdout.write(f"{share:.1%} of {count} workers over {seconds:.1f} s\n")
