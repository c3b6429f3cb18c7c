"""Turns a worker's failure into what a proposer may know of it; the rest is for people only."""

from collections.abc import Collection

from bus.blobs import BlobStore
from bus.effects import Outcome
from executors.outcome import JobFailure, JobSuccess
from schemas.envelope import Cost
from schemas.inputs import JobFailed
from schemas.jobs import Failure
from tabular.masking import mask_message
from tabular.tellable import tellable_exception


def failed_job(
    failure: JobFailure, source: str, names: Collection[str], blobs: BlobStore
) -> Outcome:
    """Mask what a failure tells and put trace and output aside.

    Args:
        failure: What the worker's supervisor reported.
        source: The source that ran; what stands in it may be quoted.
        names: Column names of the table, which may be quoted as well.
        blobs: Where the printed output is kept for people.
    """
    shown = Failure(
        kind=failure.kind,
        stage=failure.stage,
        exception=failure.exception and tellable_exception(failure.exception, source),
        message=mask_message(failure.message, source, names),
        lines=failure.lines,
    )
    printed = "\n".join(part for part in (failure.trace, failure.output) if part)
    body = JobFailed(
        failure=shown,
        output=blobs.keep_text(printed) if printed else None,
        seconds=failure.usage.seconds,
    )
    cost = Cost(
        cpu_seconds=failure.usage.cpu_seconds, peak_bytes=failure.usage.peak_bytes
    )
    return Outcome(body, cost)


def refused(result: JobSuccess, message: str) -> JobFailure:
    """A job that ran, but whose result is of no use."""
    return JobFailure(
        kind="contract",
        stage="output",
        exception=None,
        message=message,
        lines=(),
        trace="",
        usage=result.usage,
        output=result.output,
    )
