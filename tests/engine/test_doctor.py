"""What is said about this machine."""

import os
from pathlib import Path

import pytest

from engine.doctor import examine, layer_findings, weight_findings
from executors.jail.layers import Layer
from toolkit.checkpoints import SETTING, TABICL


@pytest.mark.deep
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


def test_a_missing_layer_is_told_with_its_reason_and_its_meaning() -> None:
    (found,) = layer_findings([(Layer.LANDLOCK, "Function not implemented")])

    assert found.level == "missing"
    assert found.state == (
        "missing (Function not implemented): "
        "files and sockets have one fence instead of two"
    )


def test_without_the_filter_of_system_calls_doctor_says_that_nothing_runs() -> None:
    (found,) = layer_findings([(Layer.SECCOMP, "Invalid argument")])

    assert found.level == "bad"
    assert "--isolation any" in found.state


def test_where_nothing_guards_files_doctor_says_that_nothing_runs() -> None:
    states = [
        (Layer.FILES, "Operation not permitted"),
        (Layer.LANDLOCK, "Function not implemented"),
        (Layer.SECCOMP, "active"),
    ]

    files, landlock, seccomp = layer_findings(states)

    assert [files.level, landlock.level, seccomp.level] == ["bad", "bad", "good"]
    assert "code reads and changes all files" in files.state
    assert "files have no fence at all" in landlock.state
    assert "--isolation any" in landlock.state


def test_weights_are_told_of_networks_that_are_installed_and_of_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_installed = {"tabicl": "found"}.get
    for module in ("engine.doctor", "executors.checkpoints"):
        monkeypatch.setattr(f"{module}.find_spec", is_installed)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(SETTING, str(tmp_path))
    (without,) = weight_findings()
    (tmp_path / TABICL.classifiers[0]).touch(0o644)

    (told,) = weight_findings()

    assert (without.level, told.level) == ("missing", "good")
    assert told.name == "weights of tabicl"
    assert told.state == TABICL.classifiers[0]
