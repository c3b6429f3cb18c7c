"""What a candidate is worth without its parts, as people read it."""

from collections.abc import Callable

from reports.ablation import ablation_text
from reports.narrator import Narrator
from reports.story import derive_loop
from schemas.ablation import AblatedPart, Ablation
from schemas.base import BlobRef
from schemas.candidate import RAW_VIEW
from schemas.commands import RunJob
from schemas.envelope import Envelope, Message
from schemas.inputs import JobFailed
from schemas.jobs import Failure, FitJob, JobLimits, Rung
from schemas.sayings import CandidateAblated

ABLATION = Ablation(
    candidate="a00-v1",
    score=0.912,
    parts=(
        AblatedPart(part="step Scaler", lines=(3, 4), score=0.871, loss=0.041),
        AblatedPart(part="the columns of view 'v'", lines=None, score=0.9, loss=0.012),
        AblatedPart(part="step Chooser", lines=(5, 5), score=None, loss=None),
    ),
)
TEXT = (
    "0.9120 on the first fold; 0.8710 without step Scaler (lines 3 to 4); "
    "0.9000 without the columns of view 'v'; fails without step Chooser (line 5)"
)
LIMITS = JobLimits(wall_seconds=1, cpu_seconds=1, memory_bytes=1, threads=1)


def test_each_part_is_told_with_its_lines_and_the_score_without_it() -> None:
    assert ablation_text(ABLATION) == TEXT


def test_the_narrator_has_a_line_for_it(
    as_envelope: Callable[[Message], Envelope],
) -> None:
    told = Narrator().tell(as_envelope(CandidateAblated(ablation=ABLATION)))

    assert told is not None
    assert told.startswith("ablated: a00-v1: 0.9120 on the first fold; 0.8710 without")


def test_the_loop_that_refines_tells_of_the_fits_and_of_what_they_showed(
    a_run: list[Envelope],
) -> None:
    job = FitJob(
        candidate="a00-v1",
        rung=Rung.SCREEN,
        fold=0,
        source=BlobRef(digest="ab" * 32, size=1),
        view=RAW_VIEW,
        seed=0,
        limits=LIMITS,
        without="step Chooser",
    )
    failure = Failure(kind="timeout", stage="fit")
    failed = JobFailed(failure=failure, output=None, seconds=1.0)
    added = [
        ("out", RunJob(job=job), "k1"),
        ("in", failed, "k1"),
        ("out", CandidateAblated(ablation=ABLATION), None),
    ]
    lines = [
        a_run[-1].model_copy(update={"io": io, "body": body, "key": key, "loop": "L9"})
        for io, body, key in added
    ]

    story = derive_loop([*a_run, *lines], "L9")

    assert story is not None
    assert [step.what for step in story.steps] == ["ran", "ablated"]
    ran, ablated = (step.text for step in story.steps)
    assert ran.startswith("a00-v1 without step Chooser at screen, fold 0: ")
    assert ablated == f"a00-v1: {TEXT}"
