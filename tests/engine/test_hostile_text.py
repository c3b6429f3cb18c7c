"""Whatever code spells, prints or names after labels, no proposer hears of them."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bus.blobs import BlobStore
from bus.journal import read_journal
from engine.execution import execute
from engine.proposing import Proposers
from engine.run_folder import open_run_folder
from proposers.base import Answer
from proposers.bill import Bill
from proposers.scripted import ScriptedProposer
from reports.progress import SilentProgress
from schemas.asks import Ask, Briefing, RepairAsk
from schemas.inputs import FeatureFinished, JobFailed
from schemas.settings import RunSettings, TableSettings

pytestmark = pytest.mark.deep

ROWS = 240
DIGITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
]

TELLING = [
    "raise ValueError(f'labels: {y.tolist()}')",
    "print(*y.astype(int)); raise type(f'L{int(y.iloc[0])}', (Exception,), {})()",
    "raise KeyError(' '.join(hex(int(v)) for v in y))",
    "raise ValueError(' '.join(W[int(d)] for v in y for d in str(int(v))))",
    "import warnings; warnings.warn(str(y.tolist())); raise SystemExit(str(y.max()))",
    "exec(compile(f'raise ValueError({int(y.iloc[0])})', f'{int(y.iloc[0])}.py', 'exec'))",
    "self.told = str(y.tolist())",
]
CANDIDATE = """
W = {digits!r}
class Candidate:
    def __init__(self, spec): pass
    def fit(self, X, y, weight=None):
        {deed}
    def predict(self, X):
        raise RuntimeError(self.told)
"""
HONEST = """
from sklearn.linear_model import Ridge
class Candidate:
    def __init__(self, spec): self.model = Ridge()
    def fit(self, X, y, weight=None): self.model.fit(X[["a", "b"]], y)
    def predict(self, X): return self.model.predict(X[["a", "b"]])
"""
NAMING = """
import pandas as pd
SEEN = []
class Features:
    needs_y = True
    def fit(self, X, y=None):
        SEEN.extend([] if SEEN else [f"{{v:.0f}}" for v in y[:40]])
    def transform(self, X):
        made = {{f"{prefix}{{n}}": X["a"] * X["b"] + k for k, n in enumerate(SEEN)}}
        return pd.DataFrame(made, index=X.index)
"""


class Recorder:
    """Passes asks on to a script and keeps all that a proposer could be told."""

    def __init__(self, inner: ScriptedProposer, sources: BlobStore) -> None:
        self._inner = inner
        self._sources = sources
        self.asks: list[Ask] = []
        self.told: list[str] = []
        self.showcase: set[str] = set()

    async def propose(
        self, ask: Ask, briefing: Briefing, bill: Bill | None = None
    ) -> Answer:
        self.asks.append(ask)
        self.told += [ask.model_dump_json(), briefing.model_dump_json()]
        self.showcase.update(re.findall(r"\d{9}", " ".join(briefing.showcase)))
        if isinstance(ask, RepairAsk):
            self.told.append(self._sources.read_text(ask.source))
        return await self._inner.propose(ask, briefing)


def script(folder: Path) -> Path:
    """Write down hostile candidates and programs among honest ones."""
    sources = [CANDIDATE.format(digits=DIGITS, deed=deed) for deed in TELLING]
    programs = [NAMING.format(prefix=prefix) for prefix in ("label ", "a + ", "")]
    text = ""
    for number, source in enumerate([HONEST, *sources]):
        text += f"[[draft]]\nfamily = 'f{number}'\nsource = {json.dumps(source)}\n"
    for number, program in enumerate(programs):
        text += f"[[features]]\nname = 'p{number}'\nsource = {json.dumps(program)}\n"
    path = folder / "script.toml"
    path.write_text(text)
    return path


def spellings(label: int) -> set[str]:
    """Ways in which the code above writes a label."""
    return {str(label), hex(label), " ".join(DIGITS[int(d)] for d in str(label))}


def test_no_label_reaches_a_proposer_however_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(11)
    a, b = random.normal(size=(2, ROWS))
    labels = random.integers(100_000_000, 1_000_000_000, size=ROWS)
    frame = pd.DataFrame({"a": a, "b": b, "price": labels})
    frame.to_csv(tmp_path / "table.csv", index=False)
    recorders = []

    @asynccontextmanager
    async def recorded(
        _: RunSettings, sources: BlobStore, __: object = None
    ) -> AsyncIterator[Proposers]:
        inner = ScriptedProposer(script(tmp_path), sources)
        recorders.append(Recorder(inner, sources))
        yield Proposers(recorders[0])

    monkeypatch.setattr("engine.execution.open_proposers", recorded)
    tables = TableSettings(table=str(tmp_path / "table.csv"), target="price")
    settings = RunSettings(tables=tables, trials=30, workers=2)

    execute(settings, tmp_path / "run", SilentProgress(), float)

    (recorder,) = recorders
    folder = open_run_folder(tmp_path / "run")
    bodies = [event.body for event in read_journal(folder.events)]
    printed = [
        folder.blobs.read_text(body.output)
        for body in bodies
        if isinstance(body, JobFailed) and body.output is not None
    ]
    repairs = [ask for ask in recorder.asks if isinstance(ask, RepairAsk)]
    told = " ".join(recorder.told)
    hidden = {int(label) for label in labels} - {int(x) for x in recorder.showcase}
    found = {word for x in hidden for word in spellings(x) if word in told}

    assert len(repairs) >= len(TELLING)
    assert any(str(label) in text for label in hidden for text in printed)
    assert any(isinstance(body, FeatureFinished) for body in bodies)
    assert found == set()
