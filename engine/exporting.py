"""Exports a run: a folder that predicts without sage-loop."""

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import anyio
import numpy as np
import pandas as pd

from engine.errors import ExportError
from engine.isolation import indispensable_layers, refusing
from engine.plain_members import WrittenMember, write_member, write_members
from engine.predictor import Predictor, combine
from engine.reduced_ensemble import reduced_ensemble
from engine.requirements import pinned_requirements
from engine.run_folder import RunFolder
from engine.source_closure import ROOT, Closure, find_closure
from engine.trained import Trained
from engine.unwrapping import single_errors
from executors.pool import WorkerPool
from exported.stored_state import PLAIN_FOLDER, store_state
from reports.model_card import CardFacts, LeftOut, derive_card
from schemas.ensemble import Ensemble, WrittenStack
from tabular.development import Development, hash_of_rows, load_development
from tabular.member_table import member_table
from tabular.prediction_table import prediction_table

SELF_TEST_ROWS = 100
FORMAT_VERSION = 1
ROOT_MODULES = ("exported.command", "exported.model", "toolkit.spec")
"""What every folder needs: a candidate may hold the specification it was made with."""


class Exported(NamedTuple):
    """What was written.

    Attributes:
        members: Candidates in the folder.
        pickled: Those of them that are pickles.
        left_out: Candidates that are not in it, and why.
        cost: What leaving them out costs in development score; 0 if none was left out.
        table_rows: Rows of the table that lie in the folder for its self-test.
    """

    members: tuple[str, ...]
    pickled: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    cost: float
    table_rows: int


class SelfTest(NamedTuple):
    """What a folder can be tested with.

    Attributes:
        rows: Columns of the table as JSON holds them.
        predictions: What the run said of these rows, by column.
    """

    rows: dict[str, list[object]]
    predictions: dict[str, list[object]]


class Written(NamedTuple):
    """An ensemble whose members are written down.

    Attributes:
        ensemble: What predicts.
        members: Its members, in its order.
        stacker: Its written stacker, or None.
        left_out: Members of the run that are not among them.
    """

    ensemble: Ensemble
    members: list[WrittenMember]
    stacker: WrittenMember | None
    left_out: tuple[LeftOut, ...] = ()


async def export_run(
    folder: RunFolder,
    out: Path,
    workers: int,
    *,
    trust_code: bool = False,
    has_self_test: bool = True,
) -> Exported:
    """Write a folder that predicts what the run's ensemble predicts.

    Args:
        folder: The run's folder.
        out: The folder to write; it must be new or empty.
        workers: Members that are worked on at once.
        trust_code: Let members that have no plain state leave as pickles.
        has_self_test: Whether rows of the table go along with what the run said of them.

    Raises:
        NoPredictor: The run has no final ensemble.
        ExportError: The folder is in use, or nothing can be exported.
        MemberFailed: A member cannot predict.
    """
    _check_free(out)
    trained = Trained(folder)
    if not trained.ensemble.members:
        raise ExportError("the run found no structure: all rows are in one cluster")
    development = await anyio.to_thread.run_sync(load_development, folder.data)
    rows = _some_rows(development)
    with refusing(trained.isolation), single_errors():
        async with WorkerPool(
            threads=trained.threads,
            spool=folder.scratch,
            indispensable=indispensable_layers(trained.isolation),
        ) as pool:
            whole = await _write_down(trained.predictor(pool, workers), rows)
    written = whole
    if not trust_code:
        written = await anyio.to_thread.run_sync(
            _without_pickles, trained, development, whole
        )
    told = _self_test(trained, written, rows) if has_self_test else None
    await anyio.to_thread.run_sync(_write_folder, out, trained, written, told)
    return _summary(trained, written, told)


def _check_free(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ExportError(f"{str(out)!r} is in use; name a new or empty folder")


def _some_rows(development: Development) -> pd.DataFrame:
    """Rows for the self-test, the same for every export of a run."""
    count = min(SELF_TEST_ROWS, len(development.frame))
    chosen = np.random.default_rng(0).permutation(len(development.frame))[:count]
    return development.frame.iloc[np.sort(chosen)].reset_index(drop=True)


async def _write_down(predictor: Predictor, rows: pd.DataFrame) -> Written:
    members = await write_members(predictor, rows)
    combination = predictor.ensemble.combination
    stacker = None
    if isinstance(combination, WrittenStack):
        stacker = await write_member(
            combination.candidate,
            predictor.resident_stacker(combination),
            member_table(np.stack([member.values for member in members])),
            predictor,
        )
    return Written(predictor.ensemble, members, stacker)


def _without_pickles(
    trained: Trained, development: Development, whole: Written
) -> Written:
    """Leave out what has no plain state, and combine the rest anew."""
    everybody = [*whole.members, *([whole.stacker] if whole.stacker else [])]
    left_out = tuple(
        LeftOut(candidate=member.name, reason=member.reason)
        for member in everybody
        if not member.is_plain
    )
    if not left_out:
        return whole
    plain = {member.name: member for member in whole.members if member.is_plain}
    if not plain:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in _pairs(left_out))
        raise ExportError(
            f"no member has plain state ({reasons}); --trust-code exports pickles, which "
            "run code wherever they are loaded"
        )
    ensemble = reduced_ensemble(trained, development, plain.keys())
    members = [plain[member.candidate] for member in ensemble.members]
    return Written(ensemble, members, None, left_out)


def _pairs(left_out: tuple[LeftOut, ...]) -> list[tuple[str, str]]:
    return [(one.candidate, one.reason) for one in left_out]


def _write_folder(
    out: Path, trained: Trained, written: Written, self_test: SelfTest | None
) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for member in _all_members(written):
        _write_member(out / "members" / member.name, member)
    closure = _closure(written)
    for path in closure.paths():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, out / path)
    shutil.copy(ROOT / "exported" / "door.py", out / "predict.py")
    requirements = pinned_requirements(closure.packages)
    (out / "requirements.txt").write_text("\n".join(requirements) + "\n")
    _write_json(out / "model.json", _described(trained, written))
    if self_test is not None:
        _write_json(out / "self_test.json", self_test._asdict())
    facts = CardFacts(
        ensemble=written.ensemble,
        pickled=_pickled(written),
        left_out=written.left_out,
        cost=_cost(trained, written.ensemble),
        rows_hash=hash_of_rows(trained.folder.data),
        requirements=tuple(requirements),
        self_test_rows=_table_rows(self_test),
    )
    card = derive_card(trained.folder.events, facts)
    (out / "model_card.md").write_text(card, encoding="utf-8")


def _all_members(written: Written) -> list[WrittenMember]:
    return [*written.members, *([written.stacker] if written.stacker else [])]


def _write_member(folder: Path, member: WrittenMember) -> None:
    folder.mkdir(parents=True)
    (folder / "candidate.py").write_text(member.source, encoding="utf-8")
    for number, source in enumerate(member.features):
        (folder / f"features_{number}.py").write_text(source, encoding="utf-8")
    for number, pickled in enumerate(member.pickles):
        name = PLAIN_FOLDER.format(number)
        if not member.is_plain:
            (folder / f"{name}.pkl").write_bytes(pickled)
            continue
        try:
            store_state(member.states[number], folder / name)
        except ValueError as error:
            raise ExportError(
                f"the state of {member.name} is forged: {error}"
            ) from error


def _closure(written: Written) -> Closure:
    members = _all_members(written)
    sources = [source for m in members for source in (m.source, *m.features)]
    closure = find_closure(ROOT_MODULES, sources)
    if _pickled(written):
        closure.imported.add("cloudpickle")
    return closure


def _pickled(written: Written) -> tuple[str, ...]:
    return tuple(m.name for m in _all_members(written) if not m.is_plain)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _described(trained: Trained, written: Written) -> dict[str, object]:
    task, combination = trained.task, written.ensemble.combination
    told = json.loads(combination.model_dump_json())
    if isinstance(combination, WrittenStack):
        told = {"kind": combination.kind, "members": combination.members}
    return {
        "format": FORMAT_VERSION,
        "task": {
            "kind": task.kind.value,
            "target": task.target,
            "labels": list(task.labels),
        },
        "table_schema": json.loads(trained.schema.model_dump_json()),
        "combination": told,
        "members": [member.name for member in written.members],
        "stacker": written.stacker.name if written.stacker else None,
    }


def _self_test(trained: Trained, written: Written, rows: pd.DataFrame) -> SelfTest:
    """Rows as JSON holds them, and what the jailed members said of them."""
    combination = written.ensemble.combination
    if written.stacker is not None:
        values = written.stacker.values
    elif isinstance(combination, WrittenStack):
        raise ExportError("a written stack lost its stacker")
    else:
        values = combine(combination, np.stack([m.values for m in written.members]))
    expected = prediction_table(trained.task, values)
    return SelfTest(
        rows={name: _json_values(rows[name]) for name in rows.columns},
        predictions={name: expected[name].tolist() for name in expected.columns},
    )


def _table_rows(self_test: SelfTest | None) -> int:
    if self_test is None:
        return 0
    return max((len(values) for values in self_test.rows.values()), default=0)


def _json_values(column: pd.Series) -> list[object]:
    """Values as JSON keeps them to the last bit; dates in ISO form, gaps as null."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        column = column.map(lambda moment: moment.isoformat(), na_action="ignore")
    known = column.astype(object)
    return [
        None if is_gap else v for v, is_gap in zip(known, column.isna(), strict=True)
    ]


def _cost(trained: Trained, ensemble: Ensemble) -> float:
    """How much worse an ensemble is than the run's, on development rows."""
    gap = trained.ensemble.score - ensemble.score
    return gap if trained.task.greater_is_better else -gap


def _summary(
    trained: Trained, written: Written, self_test: SelfTest | None
) -> Exported:
    return Exported(
        members=tuple(member.name for member in written.members),
        pickled=_pickled(written),
        left_out=written.left_out,
        cost=_cost(trained, written.ensemble) if written.left_out else 0.0,
        table_rows=_table_rows(self_test),
    )
