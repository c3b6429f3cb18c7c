"""What a run will not do without, and how the user hears of it."""

import pytest

from engine.errors import IsolationRefused
from engine.isolation import indispensable_layers, refusing
from executors.errors import FenceError
from executors.jail.layers import Layer


def test_strict_wants_all_layers_auto_the_filter_and_a_fence_of_files_any_none() -> (
    None
):
    assert indispensable_layers("strict") == {frozenset({layer}) for layer in Layer}
    assert indispensable_layers("auto") == {
        frozenset({Layer.SECCOMP}),
        frozenset({Layer.FILES, Layer.LANDLOCK}),
    }
    assert indispensable_layers("any") == frozenset()


@pytest.mark.parametrize(("isolation", "softer"), [("strict", "auto"), ("auto", "any")])
def test_a_refusal_is_one_line_with_the_way_out(isolation: str, softer: str) -> None:
    with (
        pytest.raises(IsolationRefused) as refusal,
        refusing(isolation),  # type: ignore[arg-type] # names come as plain text here
    ):
        raise FenceError("landlock (too old), seccomp (no)")

    told = str(refusal.value)
    assert "lacks landlock (too old), seccomp (no)" in told
    assert f"--isolation {softer}" in told
    assert "\n" not in told


def test_other_errors_are_none_of_its_business() -> None:
    with pytest.raises(ZeroDivisionError), refusing("strict"):
        raise ZeroDivisionError
