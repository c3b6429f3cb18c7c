"""What a proposer may know of a failure."""

from pathlib import Path

from bus.blobs import BlobStore
from engine.failing import failed_job
from executors.outcome import JobFailure
from schemas.inputs import JobFailed
from schemas.jobs import JobUsage


def test_values_are_masked_and_the_rest_is_kept_for_people(tmp_path: Path) -> None:
    failure = JobFailure(
        kind="exception",
        stage="fit",
        exception="ValueError",
        message="could not convert string to float: 'top-secret-label'",
        lines=("3: model.fit(X)",),
        trace="ValueError: could not convert string to float: 'top-secret-label'",
        usage=JobUsage(seconds=1.5, cpu_seconds=1.0, peak_bytes=10),
        output="printed top-secret-label",
    )
    blobs = BlobStore(tmp_path)

    outcome = failed_job(failure, "model.fit(X)", ["a"], blobs)

    body = outcome.body
    assert isinstance(body, JobFailed)
    assert "top-secret-label" not in body.model_dump_json()
    assert body.failure.lines == ("3: model.fit(X)",)
    assert body.output is not None
    assert "printed top-secret-label" in blobs.read_text(body.output)
    assert outcome.cost is not None
    assert outcome.cost.cpu_seconds == 1.0


def test_an_exception_named_after_a_label_is_told_without_its_name(
    tmp_path: Path,
) -> None:
    failure = JobFailure(
        kind="exception",
        stage="fit",
        exception="TopSecretLabel",
        message="",
        lines=(),
        trace="",
        usage=JobUsage(seconds=1.5, cpu_seconds=1.0, peak_bytes=10),
        output="",
    )

    body = failed_job(failure, "raise made_up()", ["a"], BlobStore(tmp_path)).body

    assert isinstance(body, JobFailed)
    assert body.failure.exception == "Exception"
