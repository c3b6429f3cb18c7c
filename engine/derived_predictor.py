"""What it takes to predict with a run, folded from its journal."""

from typing import NamedTuple

from bus.journal import read_journal
from engine.run_folder import RunFolder
from engine.source_closure import find_closure
from engine.stored_predictor import StoredPredictor
from executors.preload import offered
from schemas.base import BlobRef
from schemas.ensemble import Ensemble, WrittenStack
from schemas.inputs import RunContinued, RunStarted, TablePrepared
from schemas.sayings import EnsembleChosen
from schemas.settings import RunSettings
from schemas.table import TableSchema


def derive_predictor(folder: RunFolder) -> StoredPredictor | None:
    """Fold a journal into what predicting needs; None if no ensemble was frozen."""
    settings: RunSettings | None = None
    prepared: TablePrepared | None = None
    ensemble: Ensemble | None = None
    for event in read_journal(folder.events):
        match event.body:
            case RunStarted(settings=found) | RunContinued(settings=found):
                settings = found
            case TablePrepared() as found:
                prepared = found
            case EnsembleChosen(ensemble=found, is_final=True):
                ensemble = found
    if settings is None or prepared is None or ensemble is None:
        return None
    schema = folder.blobs.read_text(prepared.table_schema)
    parts = _parts_of(ensemble)
    return StoredPredictor(
        task=prepared.task,
        table_schema=TableSchema.model_validate_json(schema),
        ensemble=ensemble,
        threads=settings.threads,
        memory_bytes=settings.memory_bytes,
        isolation=settings.isolation,
        files=_needed_files(folder, parts),
        modules=_needed_modules([folder.blobs.read_text(ref) for ref in parts.sources]),
    )


def store_predictor(folder: RunFolder) -> None:
    """Write `predictor.json`, if the run has come to an ensemble."""
    stored = derive_predictor(folder)
    if stored is not None:
        folder.predictor.write_text(stored.model_dump_json(), encoding="utf-8")


class _Parts(NamedTuple):
    """What an ensemble is made of."""

    sources: list[BlobRef]
    models: list[BlobRef]


def _parts_of(ensemble: Ensemble) -> _Parts:
    parts = _Parts([], [])
    for member in ensemble.members:
        programs = (program.source for program in member.view.programs)
        parts.sources.extend((member.source, *programs))
        parts.models.extend(member.models)
    if isinstance(ensemble.combination, WrittenStack):
        parts.sources.append(ensemble.combination.source)
        parts.models.extend(ensemble.combination.models)
    return parts


def _needed_files(folder: RunFolder, parts: _Parts) -> tuple[str, ...]:
    paths = [folder.blobs.path_of(ref) for ref in parts.sources]
    paths += [folder.models.path_of(ref) for ref in parts.models]
    return tuple(dict.fromkeys(str(path.relative_to(folder.path)) for path in paths))


def _needed_modules(sources: list[str]) -> tuple[str, ...]:
    """Modules that sources import; none if that cannot be told."""
    try:
        closure = find_closure((), sources)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    needed = closure.modules | closure.imported
    return tuple(name for name in offered() if name in needed)
