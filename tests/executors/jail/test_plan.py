"""Layers are entered, refused loudly, or given up when a self-test may."""

import pytest

from executors.jail.layers import Layer
from executors.jail.plan import JailPlan


def refuse() -> None:
    raise OSError(1, "not here")


def test_a_layer_that_is_not_planned_is_not_entered() -> None:
    plan = JailPlan({Layer.SECCOMP})

    plan.enter(Layer.LANDLOCK, refuse)

    assert plan.layers == {Layer.SECCOMP}


def test_a_job_does_not_run_without_a_planned_layer() -> None:
    plan = JailPlan({Layer.SECCOMP})

    with pytest.raises(OSError, match="not here"):
        plan.enter(Layer.SECCOMP, refuse)


def test_a_self_test_goes_on_and_notes_why() -> None:
    plan = JailPlan({Layer.SECCOMP, Layer.FILES}, is_tolerant=True)

    plan.enter(Layer.SECCOMP, refuse)
    plan.give_up([Layer.FILES, Layer.USER], "of no use alone")

    assert plan.layers == set()
    assert plan.failures == {
        Layer.SECCOMP: "not here",
        Layer.FILES: "of no use alone",
    }
