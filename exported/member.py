"""One member: its source, and its fitted models made of plain state."""

import pickle
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from executors.applied_models import SavedModel, predict_with
from exported.stored_state import number_of, read_state
from toolkit.state.decoding import from_plain

CANDIDATE = "candidate"


class UntrustedCode(Exception):
    """Raised when a member is a pickle and nobody said that its code is trusted."""


@dataclass(frozen=True, slots=True)
class ExportedMember:
    """A member that can predict.

    Attributes:
        name: The candidate's id.
        models: Its fitted models; predictions are their mean.
    """

    name: str
    models: tuple[SavedModel, ...]

    def predict(self, rows: pd.DataFrame, task: str) -> NDArray[np.float64]:
        """Probabilities (rows, classes), or values or labels (rows, 1).

        Raises:
            ValueError: They are not all finite.
        """
        values = predict_with(list(self.models), rows, task, lambda stage: None)
        if not np.isfinite(values).all():
            raise ValueError(f"{self.name} predicts values that are not finite")
        return values


def load_member(folder: Path, *, trust_code: bool = False) -> ExportedMember:
    """Load a member from its folder.

    Raises:
        UntrustedCode: It is a pickle, and its code is not trusted.
        NotPlainError: Its state names what may not stand in one.
    """
    with own_modules(folder) as modules:
        models = tuple(
            _load_model(path, modules, trust_code=trust_code)
            for path in sorted(folder.glob("model_*"), key=number_of)
        )
    return ExportedMember(folder.name, models)


@contextmanager
def own_modules(folder: Path) -> Iterator[dict[str, ModuleType]]:
    """Run the sources of a member as the modules that its models know."""
    sources = [folder / f"{CANDIDATE}.py", *sorted(folder.glob("features_*.py"))]
    before = {path.stem: sys.modules.get(path.stem) for path in sources}
    modules: dict[str, ModuleType] = {}
    try:
        for path in sources:
            module = modules[path.stem] = ModuleType(path.stem)
            module.__file__ = str(path)
            sys.modules[path.stem] = module
            code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
            exec(code, module.__dict__)  # noqa: S102 - the source that lies open here
        yield modules
    finally:
        for name, module_before in before.items():
            sys.modules.pop(name, None)
            if module_before is not None:
                sys.modules[name] = module_before


def _load_model(
    path: Path, modules: Mapping[str, ModuleType], *, trust_code: bool
) -> SavedModel:
    if path.suffix == ".pkl":
        if not trust_code:
            raise UntrustedCode(
                f"{path} is a pickle, which runs code as it is loaded; if you trust who "
                "made this folder, load it with --trust-code or trust_code=True"
            )
        model: SavedModel = pickle.loads(path.read_bytes())  # noqa: S301 - was asked for
        return model
    made: SavedModel = from_plain(read_state(path), modules)
    return made
