"""Writes what people and scripts take from a run; all of it is derived from the journal."""

from collections.abc import Iterable
from pathlib import Path

from bus.blobs import BlobStore
from bus.journal import read_journal
from engine.cluster_files import write_clusters
from engine.derived_predictor import store_predictor
from engine.reporting import write_report
from engine.run_folder import RunFolder
from reports.features import derive_features, write_features
from reports.leaderboard import LeaderboardRow, derive_leaderboard, write_leaderboard
from reports.result import RunResult, derive_result, result_bytes
from schemas.base import BlobRef
from schemas.candidate import Candidate
from schemas.ensemble import Ensemble, WrittenStack
from schemas.envelope import Envelope
from schemas.sayings import (
    CandidateDrafted,
    CandidatePooled,
    EnsembleChosen,
    RepairReady,
)

CAN_BE_RESUMED = ("crashed", "unfinished")


def write_results(folder: RunFolder) -> RunResult:
    """Write result, leaderboard, sources and assignments.

    Models that nothing needs are dropped, unless the run can be resumed: then they may be
    those of a loop that goes on.
    """
    result = derive_result(read_journal(folder.events))
    folder.result.write_bytes(result_bytes(result))
    rows = derive_leaderboard(read_journal(folder.events))
    write_leaderboard(rows, folder.leaderboard)
    write_features(derive_features(read_journal(folder.events)), folder.features)
    ensemble = write_candidates(folder, rows)
    if ensemble is not None:
        if result.status not in CAN_BE_RESUMED:
            used = used_models(read_journal(folder.events), ensemble)
            drop_other_models(folder.models, folder.path / "models", used)
        store_predictor(folder)
        if ensemble.labels is not None:
            write_clusters(folder, ensemble)
    write_report(folder)
    return result


def write_candidates(folder: RunFolder, rows: list[LeaderboardRow]) -> Ensemble | None:
    """Write each version's source with a header, and find the last ensemble."""
    by_id = {row.candidate: row for row in rows}
    ensemble = None
    for event in read_journal(folder.events):
        match event.body:
            case (
                CandidateDrafted(candidate=candidate) | RepairReady(candidate=candidate)
            ):
                source = folder.blobs.read_text(candidate.source)
                header = candidate_header(candidate, by_id.get(candidate.id))
                path = folder.candidates / f"{candidate.id}.py"
                path.write_text(header + source, encoding="utf-8")
            case EnsembleChosen(ensemble=chosen):
                ensemble = chosen
    return ensemble


def candidate_header(candidate: Candidate, row: LeaderboardRow | None) -> str:
    """Comment lines that say where a source comes from and how it did."""
    lines = [
        f"# candidate {candidate.id}: {candidate.title}",
        f"# origin    {candidate.origin}, by {candidate.operator}"
        + (f" of {candidate.parent}" if candidate.parent else ""),
        f"# view      {candidate.view.name}",
    ]
    if row is not None:
        lines.append(f"# state     {row.state}, weight {row.weight:.3f}")
    if row is not None and row.score is not None:
        error = row.standard_error or 0
        lines.append(f"# score     {row.score:.6g} +- {error:.2g} ({row.rung})")
        folds = ", ".join(f"{score:.6g}" for score in row.fold_scores)
        lines.append(f"# folds     {folds}")
    printable = ["".join(c for c in line if c.isprintable()) for line in lines]
    return "\n".join(printable) + "\n\n"


def used_models(events: Iterable[Envelope], ensemble: Ensemble) -> set[BlobRef]:
    """Models that the ensemble predicts with, and those of all pooled candidates.

    Any of these may be a member once the run goes on.
    """
    used = {ref for member in ensemble.members for ref in member.models}
    if isinstance(ensemble.combination, WrittenStack):
        used |= set(ensemble.combination.models)
    for event in events:
        if isinstance(event.body, CandidatePooled):
            used |= set(event.body.fit.models)
    return used


def drop_other_models(models: BlobStore, path: Path, used: set[BlobRef]) -> None:
    """Remove fitted models that nothing needs any more."""
    kept = {models.path_of(ref) for ref in used}
    for file in path.rglob("*"):
        if file.is_file() and file not in kept:
            file.unlink()
