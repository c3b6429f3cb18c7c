"""The story of one candidate."""

import pytest

from reports.story import derive_loop, derive_story, difference
from schemas.asks import DraftAsk, RepairAsk
from schemas.base import BlobRef
from schemas.candidate import RAW_VIEW
from schemas.commands import Propose
from schemas.envelope import Envelope
from schemas.inputs import Proposed, ProposeFailed
from schemas.jobs import Failure, Rung
from schemas.sayings import LoopClosed, RepairRefused, TrialFailed, TrialScored

WORK = frozenset({"opened", "asked", "answered", "ran"})
"""What an effect was asked for and what came of it, around what was decided."""


def test_a_mended_candidate_tells_how_it_failed_and_what_became_of_it(
    a_run: list[Envelope],
) -> None:
    story = derive_story(a_run, "L2-v2")

    assert story is not None
    assert story.candidate.parent == "L2-v1"
    assert (story.metric, story.weight) == ("roc_auc", 0.25)
    told = [step for step in story.steps if step.what not in WORK]
    assert [(step.candidate, step.what) for step in told] == [
        ("L2-v1", "drafted"),
        ("L2-v1", "failed"),
        ("L2-v2", "repaired"),
        ("L2-v2", "scored"),
        ("L2-v2", "scored"),
        ("L2-v2", "judged"),
        ("L2-v2", "pooled"),
        ("L2-v2", "weighed"),
    ]
    assert told[1].text == "at smoke, ValueError in fit: X has NaN"
    assert told[2].text == "missing values (by expert)"
    assert story.steps[-1].text == "0.250 in the final ensemble"


def test_one_that_was_judged_useless_tells_why_its_loop_closed(
    a_run: list[Envelope],
) -> None:
    story = derive_story(a_run, "L3-v1")

    assert story is not None
    assert story.weight == 0
    assert [step.what for step in story.steps][-2:] == ["judged", "closed"]
    assert story.steps[-2].text == "degenerate at smoke: one distinct prediction"


def test_one_that_nobody_knows_has_no_story(a_run: list[Envelope]) -> None:
    assert derive_story(a_run, "L9-v1") is None
    assert derive_story(a_run, "") is None
    assert derive_story([], "L1-v1") is None


def test_every_prefix_of_a_journal_gives_a_story_or_none(a_run: list[Envelope]) -> None:
    told = [derive_story(a_run[:end], "L1-v1") for end in range(len(a_run) + 1)]

    lengths = [len(story.steps) if story else 0 for story in told]
    assert lengths == sorted(lengths)
    assert lengths[-1] > 4


def test_fold_scores_and_lines_of_the_stack_are_told(a_run: list[Envelope]) -> None:
    lines = []
    for line in a_run:
        body = line.body
        if isinstance(body, TrialScored) and body.rung is Rung.FULL:
            body = body.model_copy(update={"fold_scores": (0.8, 0.9)})
        elif isinstance(body, TrialFailed):
            failure = body.failure.model_copy(update={"lines": ("12: model.fit(X)",)})
            body = body.model_copy(update={"failure": failure})
        lines.append(line.model_copy(update={"body": body}))

    story = derive_story(lines, "L2-v2")

    assert story is not None
    told = [step for step in story.steps if step.what not in WORK]
    assert told[1].lines == ("12: model.fit(X)",)
    assert "(folds 0.8000, 0.9000)" in told[4].text


def test_asks_and_refusals_are_told(a_run: list[Envelope]) -> None:
    failure = Failure(kind="timeout", stage="fit")
    blob = BlobRef(digest="ab" * 32, size=1)
    repair = RepairAsk(candidate="L3-v1", source=blob, failure=failure, attempt=1)
    added = [
        ("out", Propose(ask=DraftAsk(index=0, views=(RAW_VIEW,)))),
        ("out", Propose(ask=repair)),
        ("in", ProposeFailed(message="no answer")),
        ("out", RepairRefused(candidate="L3-v1", reason="given up")),
        ("out", LoopClosed(reason="given up")),
    ]
    lines = [
        a_run[-1].model_copy(update={"io": io, "body": body, "loop": "L3"})
        for io, body in added
    ]

    story = derive_story([*a_run, *lines], "L3-v1")

    assert story is not None
    assert [(step.what, step.text) for step in story.steps[-5:]] == [
        ("asked", "for a draft"),
        ("asked", "to repair L3-v1"),
        ("answered", "the ask failed: no answer"),
        ("refused", "given up"),
        ("closed", "given up"),
    ]


def test_a_difference_names_both_versions() -> None:
    changes = difference("a = 1\nb = 2\n", "a = 1\nb = 3\n", ("c00-v1", "c00-v2"))

    assert changes.splitlines()[:2] == ["--- c00-v1", "+++ c00-v2"]
    assert changes.splitlines()[-2:] == ["-b = 2", "+b = 3"]
    assert difference("a", "a", ("x", "y")) == ""


def test_a_loop_tells_its_whole_life(a_run: list[Envelope]) -> None:
    story = derive_loop(a_run, "L2")

    assert story is not None
    words = [step.what for step in story.steps]
    assert words[0] == "opened"
    assert {"drafted", "failed", "repaired", "scored", "pooled"} <= set(words)
    assert [step.seq for step in story.steps[:-1]] == sorted(
        step.seq for step in story.steps[:-1]
    )


def test_a_loop_that_nobody_knows_has_no_story(a_run: list[Envelope]) -> None:
    assert derive_loop(a_run, "L9") is None


@pytest.mark.parametrize("kept", [None, BlobRef(digest="ab" * 32, size=9)])
def test_an_answer_tells_whether_its_conversation_is_kept(
    a_run: list[Envelope], kept: BlobRef | None
) -> None:
    answered = [
        line.model_copy(
            update={
                "loop": "L1",
                "body": line.body.model_copy(update={"conversation": kept}),
            }
        )
        for line in a_run
        if isinstance(line.body, Proposed)
    ]

    story = derive_loop(answered, "L1")

    assert story is not None
    assert {step.what for step in story.steps} == {"answered"}
    assert {step.has_conversation for step in story.steps} == {kept is not None}
