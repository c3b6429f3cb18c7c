"""`--isolation strict` takes all layers or none."""

import pytest

from engine.errors import IsolationRefused
from engine.isolation import check_isolation, probed_layers, refuse_missing


def test_every_missing_layer_is_named_with_its_reason() -> None:
    layers = [("seccomp", "active"), ("landlock", "too old"), ("namespaces", "no")]

    with pytest.raises(
        IsolationRefused, match=r"landlock \(too old\), namespaces"
    ) as e:
        refuse_missing(layers)
    assert "seccomp" not in str(e.value)
    assert "\n" not in str(e.value)


def test_where_all_are_active_nothing_is_refused() -> None:
    refuse_missing([("seccomp", "active")])


def test_by_default_what_is_there_is_enough() -> None:
    check_isolation("auto")


async def test_layers_are_what_a_real_job_finds() -> None:
    layers = dict(await probed_layers())

    assert layers["no new privileges"] == "active"
    assert {"seccomp", "landlock"} <= layers.keys()
    assert all(layers.values())
