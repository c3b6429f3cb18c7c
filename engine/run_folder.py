"""A run's own folder: where everything of a run lives."""

import errno
import shutil
from dataclasses import dataclass
from pathlib import Path

from bus.blobs import BlobStore
from bus.errors import DISK_FAILURES
from engine.errors import RunFolderError


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Names the files of a run."""

    path: Path

    @property
    def events(self) -> Path:
        """The journal."""
        return self.path / "events.jsonl"

    @property
    def receipts(self) -> Path:
        """Outcomes that arrived before their turn; gone once the run is over."""
        return self.path / "receipts.jsonl"

    @property
    def calls(self) -> Path:
        """What each call to a model may take, written before it, and what it took."""
        return self.path / "calls.jsonl"

    @property
    def index(self) -> Path:
        """Where each event begins in the journal; it can be made anew at any time."""
        return self.path / "events.index"

    @property
    def record(self) -> Path:
        """Of a fork: outcomes that the other run knows; gone once the run is over."""
        return self.path / "record.jsonl"

    @property
    def processes(self) -> Path:
        """Which processes work for the run, to be ended if it dies before them."""
        return self.path / "processes.jsonl"

    @property
    def openings(self) -> Path:
        """What was scored on the sealed part; forks share this file."""
        return self.data / "sealed" / "openings.jsonl"

    @property
    def scratch(self) -> Path:
        """Where worker processes put what nobody keeps."""
        return self.path / "scratch"

    @property
    def data(self) -> Path:
        """Development rows, folds and the sealed part."""
        return self.path / "data"

    @property
    def candidates(self) -> Path:
        """Readable source of every candidate."""
        return self.path / "candidates"

    @property
    def log(self) -> Path:
        """The log for people."""
        return self.path / "run.log"

    @property
    def result(self) -> Path:
        """The machine-readable summary."""
        return self.path / "result.json"

    @property
    def predictor(self) -> Path:
        """What predicting needs to know, so that nobody has to read the journal for it."""
        return self.path / "predictor.json"

    @property
    def report(self) -> Path:
        """The page for people."""
        return self.path / "report.html"

    @property
    def features(self) -> Path:
        """New columns that were tried, accepted and rejected, with their numbers."""
        return self.path / "features.csv"

    @property
    def leaderboard(self) -> Path:
        """One line per candidate."""
        return self.path / "leaderboard.csv"

    @property
    def test_predictions(self) -> Path:
        """Predictions for the sealed test rows, or a clustering's assignments."""
        return self.path / "test_predictions.csv"

    @property
    def assignments(self) -> Path:
        """The cluster of every row with its confidence, for clustering."""
        return self.path / "assignments.csv"

    @property
    def cluster_map(self) -> Path:
        """Rows on a two-dimensional map, for clustering."""
        return self.path / "map.csv"

    @property
    def blobs(self) -> BlobStore:
        """Large content that the journal names."""
        return BlobStore(self.path / "blobs")

    @property
    def models(self) -> BlobStore:
        """Fitted models, opaque to the host."""
        return BlobStore(self.path / "models")


def create_run_folder(path: Path) -> RunFolder:
    """Make a new run's folder.

    Raises:
        RunFolderError: There is something in it, or it cannot be made.
    """
    try:
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise RunFolderError(
                f"{path} is in use; name an empty folder with --run-dir"
            )
        path.mkdir(parents=True, exist_ok=True)
        for name in ("blobs", "models", "candidates", "data"):
            (path / name).mkdir()
    except OSError as error:
        if error.errno in DISK_FAILURES - {errno.EROFS}:
            raise
        raise RunFolderError(
            f"the run folder {str(path)!r} cannot be made ({error.strerror}); "
            "name another one with --run-dir"
        ) from error
    return RunFolder(path)


def open_run_folder(path: Path) -> RunFolder:
    """Find the folder of a run that was started before.

    Raises:
        RunFolderError: There is no journal in it.
    """
    folder = RunFolder(path)
    if not folder.events.is_file():
        raise RunFolderError(f"{path} is not a run: it holds no events.jsonl")
    return folder


def remove_run_folder(folder: RunFolder) -> None:
    """Leave nothing behind of a run that never began."""
    shutil.rmtree(folder.path, ignore_errors=True)
