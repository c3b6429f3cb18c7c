"""Pretrained networks predict, are kept without their weights, and refuse what is too large."""

from pathlib import Path
from typing import TYPE_CHECKING

import cloudpickle
import numpy as np
import pandas as pd
import pytest

from tests.pretrained import small_checkpoints
from toolkit.checkpoints import SETTING, CheckpointError
from toolkit.in_context import (
    MOST_CLASSES,
    MOST_COLUMNS,
    MOST_ROWS,
    InContext,
    UnsuitableTableError,
)
from toolkit.state.container import pack, unpack
from toolkit.state.decoding import from_plain
from toolkit.state.encoding import to_plain
from toolkit.tabicl_model import TabICL
from toolkit.tabpfn_model import TabPFN

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed, MakeSpec

LEARNERS = pytest.mark.parametrize("learner", [TabICL, TabPFN])


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where each package's small weights were written so far."""
    return {"": tmp_path_factory.mktemp("weights")}


@pytest.fixture
def weights(
    learner: type[InContext], folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The folder of a learner's small weights, where it finds them."""
    package = learner.pretrained.package
    if package not in folders:
        folders[package] = small_checkpoints(package, folders[""] / package)
    monkeypatch.setenv(SETTING, str(folders[package]))
    return folders[package]


@LEARNERS
@pytest.mark.usefixtures("weights")
def test_any_table_gets_probabilities_of_all_classes(
    learner: type[InContext], mixed: "MakeMixed", make_spec: "MakeSpec"
) -> None:
    train, later = mixed(90, 0), mixed(30, 1)
    codes = np.select([train.signal < 0, train.signal < 0.8], [0, 1], 3)
    spec = make_spec("multiclass", ("a", "b", "never seen", "c"))

    proba = (
        learner(spec, estimators=2).fit(train.table, codes).predict_proba(later.table)
    )

    assert proba.shape == (30, 4)
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    assert (proba[:, 2] == 0).all()
    assert len(np.unique(proba[:, 0])) > 5


@LEARNERS
@pytest.mark.usefixtures("weights")
def test_a_kept_model_reads_its_weights_again_and_predicts_the_same_bytes(
    learner: type[InContext], mixed: "MakeMixed", make_spec: "MakeSpec"
) -> None:
    train = mixed(60, 0)
    table, later = (made.table.drop(columns="note") for made in (train, mixed(20, 1)))
    model = learner(make_spec("regression"), estimators=2).fit(table, train.signal)
    expected = model.predict(later).tobytes()

    pickled = cloudpickle.dumps(model)
    block = pack(to_plain(model))

    assert max(len(pickled), len(block)) < 20_000
    assert cloudpickle.loads(pickled).predict(later).tobytes() == expected
    assert from_plain(unpack(block), {}).predict(later).tobytes() == expected
    assert len(set(np.frombuffer(expected))) > 5


@LEARNERS
def test_a_model_without_its_weights_says_so(
    learner: type[InContext],
    weights: Path,
    mixed: "MakeMixed",
    make_spec: "MakeSpec",
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    train = mixed(40, 0)
    model = learner(make_spec("regression"), estimators=1)
    model.fit(train.table, train.signal)
    kept = cloudpickle.dumps(model)
    assert any(weights.iterdir())
    monkeypatch.setenv(SETTING, str(tmp_path))

    with pytest.raises(CheckpointError, match=f"not lie on disk any more.*{SETTING}"):
        cloudpickle.loads(kept).predict(train.table)


@LEARNERS
@pytest.mark.parametrize(
    ("rows", "columns", "classes"),
    [
        (MOST_ROWS + 1, 1, 2),
        (MOST_CLASSES + 1, MOST_COLUMNS + 1, 2),
        (MOST_CLASSES + 1, 1, MOST_CLASSES + 1),
    ],
)
def test_what_is_too_large_is_refused_before_weights_are_looked_for(
    learner: type[InContext],
    rows: int,
    columns: int,
    classes: int,
    make_spec: "MakeSpec",
) -> None:
    table = pd.DataFrame(np.ones((rows, columns))).add_prefix("x")
    names = tuple(f"class {number}" for number in range(classes))

    with pytest.raises(UnsuitableTableError):
        learner(make_spec("multiclass", names)).fit(table, np.arange(rows) % classes)
