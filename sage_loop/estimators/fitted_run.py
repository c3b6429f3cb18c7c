"""The run behind a fitted estimator: its folder, its models at work, and how it travels."""

import io
import json
import os
import shutil
import tarfile
import warnings
import weakref
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sage_loop.estimators.engine import Json, engine_if_running, shared_engine
from sage_loop.estimators.errors import InputError, SageLoopError, SageLoopWarning
from sage_loop.estimators.tables import write_table

Floats = npt.NDArray[np.float64]

PREDICTOR = "predictor.json"
ESTIMATOR = "estimator.json"
RESULT = "result.json"
LEADERBOARD = "leaderboard.csv"
_ALONG = (PREDICTOR, ESTIMATOR, RESULT, LEADERBOARD)


class Predicted(NamedTuple):
    """What the ensemble of a run says.

    Attributes:
        values: Probabilities (rows, classes), or values or labels (rows, 1).
        classes: Classes in the order of the columns, as text.
    """

    values: Floats
    classes: tuple[str, ...]


class FittedRun:
    """A run's folder and the loaded models that its predictions come from.

    Pickling takes along what predicting needs, so a copy works on another machine.

    Args:
        folder: The run's folder.
        is_temporary: Whether the folder goes when nobody uses this object any more.
    """

    def __init__(self, folder: Path, *, is_temporary: bool) -> None:
        self.folder = folder
        self._end = weakref.finalize(
            self, _let_go, str(folder), is_temporary, os.getpid()
        )

    def predict(self, table: pd.DataFrame) -> Predicted:
        """Predict rows with the resident models.

        Raises:
            SageLoopError: The rows cannot be used, or the engine failed.
        """
        engine = shared_engine()
        rows, out = engine.new_path("rows"), engine.new_path("predicted")
        try:
            write_table(table, rows)
            request: Json = {
                "do": "predict",
                "run": str(self.folder),
                "table": str(rows),
                "out": str(out),
            }
            done = engine.ask(request)
            values = pd.read_feather(out).to_numpy(dtype=np.float64)
        finally:
            rows.unlink(missing_ok=True)
            out.unlink(missing_ok=True)
        for line in _texts(done["warnings"]):
            warnings.warn(line, SageLoopWarning, stacklevel=4)
        return Predicted(values, tuple(_texts(done["classes"])))

    def read_json(self, name: str) -> dict[str, object]:
        """Read one of the run's summaries."""
        found: dict[str, object] = json.loads((self.folder / name).read_text())
        return found

    def leaderboard(self) -> pd.DataFrame:
        """Every candidate that was scored, best first."""
        return pd.read_csv(self.folder / LEADERBOARD)

    def __reduce__(self) -> tuple[object, tuple[bytes]]:
        return _unpack, (self._pack(),)

    def _pack(self) -> bytes:
        needed = _texts(self.read_json(PREDICTOR)["files"])
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as archive:
            for name in (*_ALONG, *needed):
                path = self.folder / name
                if path.exists():
                    archive.add(path, arcname=name)
        return packed.getvalue()


def _unpack(packed: bytes) -> FittedRun:
    folder = Path(mkdtemp(prefix="sage-loop-run-"))
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as archive:
        archive.extractall(folder, filter="data")
    return FittedRun(folder, is_temporary=True)


def open_run(folder: Path) -> FittedRun:
    """Open the folder of a finished run.

    Raises:
        InputError: It holds no predictor.
    """
    if not (folder / PREDICTOR).is_file():
        raise InputError(
            f"{str(folder)!r} holds no {PREDICTOR}: name the folder of a run that has "
            "come to an ensemble"
        )
    return FittedRun(folder.resolve(), is_temporary=False)


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _let_go(folder: str, is_temporary: bool, owner: int) -> None:
    """End the run's processes and remove a temporary folder."""
    if os.getpid() != owner:
        return
    engine = engine_if_running()
    if engine is not None:
        with suppress(SageLoopError):
            engine.tell({"do": "close", "run": folder})
    if is_temporary:
        shutil.rmtree(folder, ignore_errors=True)
