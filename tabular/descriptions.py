"""What the user says about a table and its columns, for whoever proposes ideas."""

import json
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from schemas.settings import TableSettings
from tabular.dialect import decode
from tabular.errors import TableError
from tabular.suggestions import closest

MOST_TABLE_CHARACTERS = 4000
MOST_COLUMN_CHARACTERS = 500

_MAP_ENDINGS = {".json": "JSON", ".toml": "TOML", ".yaml": "YAML", ".yml": "YAML"}
_TABLE = "table"
_COLUMNS = "columns"
_LINE = re.compile(
    r"""\s*(?:-\s+)?(?P<quote>["']?)(?P<name>.+?)(?P=quote)\s*:\s+(?P<text>.*)"""
)


@dataclass(frozen=True, slots=True)
class Descriptions:
    """Words of the user.

    Attributes:
        table: What the table is about, or nothing.
        columns: What columns mean, by name.
    """

    table: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


def find_descriptions(
    settings: TableSettings, columns: Collection[str]
) -> Descriptions:
    """Read the file that the user named, if there is one.

    The target is no column to learn from, so what is said of it is said of the table.

    Raises:
        TableError: See `read_descriptions`.
    """
    if settings.describe is None:
        return Descriptions()
    found = read_descriptions(Path(settings.describe), columns)
    said = found.columns.get(settings.target or "")
    if said is None:
        return found
    table = f"{found.table}\nThe target {settings.target!r}: {said}".strip()
    return Descriptions(table, found.columns)


def read_descriptions(path: Path, columns: Collection[str]) -> Descriptions:
    """Read a file of descriptions.

    Args:
        path: JSON (`.json`), TOML (`.toml`) or YAML (`.yaml`, `.yml`): a map of column
            names to texts, or a map of `table` to a text and `columns` to such a map. Any
            other file is text: lines `NAME: text` that begin with the name of a column
            describe it, all other lines describe the table.
        columns: All columns of the table.

    Raises:
        TableError: If the file cannot be read (for YAML that may be for want of PyYAML) or
            describes a column that is not there.
    """
    try:
        text = decode(path.read_bytes(), path.name).strip()
    except OSError as error:
        raise TableError(
            f"--describe {str(path)!r} cannot be read ({error.strerror}); "
            "check the path."
        ) from error
    format_ = _MAP_ENDINGS.get(path.suffix.lower())
    if format_ is None:
        return _from_lines(text, columns)
    return _from_map(_parse(text, format_, path), path, columns)


def _parse(text: str, format_: str, path: Path) -> object:
    try:
        match format_:
            case "JSON":
                parsed: object = json.loads(text)
                return parsed
            case "TOML":
                return tomllib.loads(text)
            case _:
                return _parse_yaml(text, path)
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise TableError(
            f"--describe {path.name!r} is no {format_}: {reason}."
        ) from error


def _parse_yaml(text: str, path: Path) -> object:
    try:
        import yaml  # noqa: PLC0415 - an extra, not always there
    except ImportError as error:
        raise TableError(
            f"--describe {path.name!r} is YAML, and PyYAML, which reads it, is missing; "
            "run pip install 'sage-loop[yaml]', or write JSON or TOML."
        ) from error
    try:
        # This loader makes texts, lists and maps only: a column may be called `yes` or `1`.
        parsed: object = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    return parsed


def _from_map(parsed: object, path: Path, columns: Collection[str]) -> Descriptions:
    table: object = ""
    if isinstance(parsed, dict) and isinstance(parsed.get(_COLUMNS), dict):
        table, parsed = parsed.get(_TABLE, ""), parsed[_COLUMNS]
    if not (
        isinstance(parsed, dict)
        and isinstance(table, str)
        and all(isinstance(text, str) for text in parsed.values())
    ):
        raise TableError(
            f"--describe {path.name!r} must map names of columns to texts, or hold "
            "'table' (a text) and 'columns' (such a map)."
        )
    for name in parsed:
        if name not in columns:
            raise TableError(
                f"--describe {path.name!r} describes {name!r}, which is no column"
                f"{closest(name, columns)}"
            )
    return _shortened(table, parsed)


def _from_lines(text: str, columns: Collection[str]) -> Descriptions:
    table: list[str] = []
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match and match["name"] in columns:
            found[match["name"]] = match["text"].strip("\"' ")
        else:
            table.append(line)
    return _shortened("\n".join(table), found)


def _shortened(table: str, columns: Mapping[str, str]) -> Descriptions:
    return Descriptions(
        table.strip()[:MOST_TABLE_CHARACTERS],
        {name: text.strip()[:MOST_COLUMN_CHARACTERS] for name, text in columns.items()},
    )
