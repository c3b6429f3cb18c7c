"""Weights of pretrained networks reach the jail, and nothing that lies beside them."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from executors.checkpoints import checkpoints_of, usable_checkpoints
from executors.pool import WorkerPool
from tests.executors.conftest import bench_with
from tests.pretrained import small_checkpoints
from toolkit.checkpoints import SETTING, TABICL

if TYPE_CHECKING:
    import pandas as pd

NAME = TABICL.classifiers[0]
bench_of = contextmanager(bench_with)
CANDIDATE = """
from toolkit.{module} import {kind}
class Candidate({kind}):
    def __init__(self, spec):
        super().__init__(spec, estimators=2)
"""


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the host believe that the packages are there, as far as it looks for files."""
    monkeypatch.setattr("executors.checkpoints.find_spec", lambda name: name)


@pytest.mark.usefixtures("installed")
def test_a_file_counts_if_everybody_may_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, str(tmp_path))
    (tmp_path / NAME).write_text("weights")
    (tmp_path / NAME).chmod(0o600)
    assert not checkpoints_of("tabicl", is_classification=True)

    (tmp_path / NAME).chmod(0o644)

    assert checkpoints_of("tabicl", is_classification=True) == [tmp_path / NAME]


def test_weights_of_a_package_that_is_not_installed_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, str(tmp_path))
    (tmp_path / NAME).write_text("weights")
    monkeypatch.setattr("executors.checkpoints.find_spec", lambda name: None)

    assert not usable_checkpoints()


@pytest.mark.deep
async def test_a_job_reads_the_file_and_not_its_neighbour(
    table: "pd.DataFrame", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is one that only its owner may enter, like caches of root."""
    folder = tmp_path / "cache"
    folder.mkdir()
    for name in ("weights", "neighbour"):
        (folder / name).write_text(name)
    folder.chmod(0o700)
    monkeypatch.setattr(
        "executors.zygote_process.usable_checkpoints", lambda: (folder / "weights",)
    )
    fit = f"""
        from pathlib import Path
        folder = Path({str(folder)!r})
        print((folder / "weights").read_text(), (folder / "neighbour").exists())
        try:
            (folder / "weights").write_text("other")
        except OSError as error:
            print(type(error).__name__)
    """

    async with WorkerPool(threads=1, spool=tmp_path / "spool") as pool:
        with bench_of(pool, table) as bench:
            outcome = await bench.success(bench.candidate(fit=fit))

    assert outcome.output.startswith("weights False\n")
    assert outcome.output.endswith("Error\n")
    assert (folder / "weights").read_text() == "weights"


@pytest.mark.deep
@pytest.mark.parametrize(
    ("package", "module", "kind"),
    [("tabicl", "tabicl_model", "TabICL"), ("tabpfn", "tabpfn_model", "TabPFN")],
)
async def test_a_pretrained_network_is_fitted_and_predicts_again_in_another_process(
    package: str,
    module: str,
    kind: str,
    table: "pd.DataFrame",
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(SETTING, str(small_checkpoints(package, tmp_path / "weights")))
    source = CANDIDATE.format(module=module, kind=kind)

    async with WorkerPool(threads=1, spool=tmp_path / "spool") as pool:
        with bench_of(pool, table) as bench:
            fitted = await bench.success(bench.program(source, keeps_model=True))
            assert fitted.model is not None
            bench.hand_in("model_0", fitted.model)
            bench.hand_in("x", bench.valid)
            program = bench.program(source, "predict")
            again = await bench.success(program, ("x", "model_0"))

    assert len(np.unique(fitted.values)) > 5
    assert np.array_equal(again.values, fitted.values)
