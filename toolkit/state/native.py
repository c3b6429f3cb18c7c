"""Models of boosting libraries in these libraries' own formats."""

import importlib
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from toolkit.state.plain import NotPlainError

CATBOOST_KINDS = ("CatBoost", "CatBoostClassifier", "CatBoostRegressor")
LIGHTGBM = "lightgbm.Booster"
XGBOOST = "xgboost.Booster"


class Written(NamedTuple):
    """A model in its library's own format."""

    kind: str
    content: bytes


def write(model: object) -> Written | None:
    """Write a model of such a library, None for anything else."""
    lightgbm, catboost = sys.modules.get("lightgbm"), sys.modules.get("catboost")
    xgboost = sys.modules.get("xgboost")
    if lightgbm is not None and isinstance(model, lightgbm.Booster):
        return Written(LIGHTGBM, model.model_to_string().encode())
    if catboost is not None and isinstance(model, catboost.CatBoost):
        return _write_catboost(model)
    if xgboost is not None and isinstance(model, xgboost.Booster):
        return Written(XGBOOST, bytes(model.save_raw(raw_format="json")))
    return None


def read(kind: str, content: bytes) -> Any:  # noqa: ANN401 - these libraries have no types
    """Read a model back.

    Raises:
        NotPlainError: There is no such kind.
    """
    if kind == LIGHTGBM:
        lightgbm = importlib.import_module("lightgbm")
        return lightgbm.Booster(model_str=content.decode())
    if kind == XGBOOST:
        booster = importlib.import_module("xgboost").Booster()
        booster.load_model(bytearray(content))
        return booster
    name = kind.removeprefix("catboost.")
    if name not in CATBOOST_KINDS:
        raise NotPlainError(f"there are no models of kind {kind!r}")
    model = getattr(importlib.import_module("catboost"), name)()
    return model.load_model(blob=content)


def _write_catboost(model: Any) -> Written:  # noqa: ANN401
    name = type(model).__name__
    if name not in CATBOOST_KINDS:
        raise NotPlainError(f"CatBoost models of class {name} are not known")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.cbm"
        model.save_model(str(path), format="cbm")
        return Written(f"catboost.{name}", path.read_bytes())
