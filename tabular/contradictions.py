"""Options of a table that contradict each other; no table is needed to see it."""

from collections.abc import Iterator

from schemas.settings import TableSettings
from tabular.errors import TableError


def check_settings(settings: TableSettings) -> None:
    """Refuse options that contradict each other.

    Raises:
        TableError: With the first contradiction.
    """
    complaint = next(_contradictions(settings), None)
    if complaint is not None:
        raise TableError(complaint)


def _contradictions(settings: TableSettings) -> Iterator[str]:
    if settings.task == "clustering":
        yield from _clustering_contradictions(settings)
    else:
        if settings.target is None:
            yield "Name the column to predict with --target COL, or use --task clustering."
        if settings.label is not None:
            yield "--label is for clustering; name the column to predict with --target."
        if settings.clusters is not None:
            yield "--clusters is for clustering; add --task clustering."
    if not 0 <= settings.test_size < 1:
        yield f"--test-size is {settings.test_size}; it must be from 0 to below 1."
    if settings.group is not None and settings.time is not None:
        yield "Rows are split by --group or by --time; name one of them."
    helpers = [settings.target, settings.label, settings.group, settings.weight]
    named = [name for name in helpers if name is not None]
    for name in named:
        if named.count(name) > 1 or name == settings.time:
            yield f"Column {name!r} is named for two purposes; name it once."
        if name in settings.drop:
            yield f"Column {name!r} is dropped and needed; take it out of --drop."


def _clustering_contradictions(settings: TableSettings) -> Iterator[str]:
    if settings.target is not None:
        yield (
            "Clustering has no --target; name known labels with --label COL, which are "
            "only used at the end."
        )
    for option in ("group", "time", "weight", "test", "positive"):
        if getattr(settings, option) is not None:
            yield f"--{option} has no meaning for clustering; omit it."
    if settings.clusters is not None and settings.clusters < 2:  # noqa: PLR2004
        yield f"--clusters is {settings.clusters}; it must be 2 or more."
