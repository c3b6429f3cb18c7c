"""Reads a plan of runs: tables x settings x seeds, or runs one by one, from a TOML file."""

import itertools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import Field, ValidationError

from engine.errors import EngineError, PlanError
from engine.proposing import script_of
from engine.run_choices import FIELD_BY_TABLE_OPTION, RunChoices
from engine.run_options import located_metric, make_settings, parse_kinds
from schemas.base import Frozen
from schemas.settings import RunSettings, TableSettings

Options = dict[str, object]
"""Options of `fit` by their own names, as far as a plan sets them."""

DEFAULT_SETTING = "default"
LISTED = {"drop": "drop", "kind": "kinds"}
"""Options that may be given several times, with the field that holds them all."""
BOUNDS = frozenset({"budget", "trials"})
LONGEST_NAME_CHARACTERS = 60
NAMED_FILES = ("test", "describe", "llm_config")
TABLE_OPTIONS = (
    frozenset(TableSettings.model_fields) - set(FIELD_BY_TABLE_OPTION.values())
) | FIELD_BY_TABLE_OPTION.keys()
RUN_OPTIONS = frozenset(RunChoices.model_fields)

Seed = Annotated[int, Field(ge=0, strict=True)]


class Repeats(Frozen):
    """How often an entry of a plan is run.

    Attributes:
        seed: The first seed.
        experiments: How many seeds, counted up from the first.
        seeds: The seeds, one by one, instead of the other two.
    """

    seed: Seed = 0
    experiments: Annotated[int, Field(ge=1, strict=True)] = 1
    seeds: Annotated[tuple[Seed, ...], Field(min_length=1)] | None = None


class PlannedRun(NamedTuple):
    """One run of a plan.

    Attributes:
        table: What its table is called.
        setting: What its settings are called.
        settings: All that decides how it goes.
    """

    table: str
    setting: str
    settings: RunSettings

    @property
    def name(self) -> str:
        """Name of its folder: letters, digits, dots, dashes and underscores only."""
        called = (self.table, self.setting)
        shown = "-".join(text[:LONGEST_NAME_CHARACTERS] for text in called)
        name = f"{shown}-seed{self.settings.seed}"
        return "".join(c if c.isalnum() or c in "._-" else "_" for c in name)


class Entry(NamedTuple):
    """Runs that differ by nothing but their seed."""

    table: str | None
    setting: str
    options: Options


def read_plan(path: Path) -> list[PlannedRun]:
    """Read a plan.

    Keys at the top hold for every run. Either `[[runs]]` lists runs one by one, or each
    of `[[tables]]` is combined with each of `[[settings]]`; `tables` may also be a list of
    paths. `seeds` names the seeds, or `experiments` counts them up from `seed`; a `name`
    tells settings (or runs, or tables) apart. All other keys are options of `fit`.

    Args:
        path: The plan; relative paths in it start at its folder.

    Returns:
        The runs, those of one table and one setting next to each other.

    Raises:
        PlanError: The plan cannot be read, or asks for what makes no sense.
    """
    runs: list[PlannedRun] = []
    for number, entry in enumerate(_entries(_load(path)), start=1):
        try:
            runs += _planned(entry, path.parent.resolve())
        except EngineError as error:
            raise PlanError(f"{path}, entry {number}: {error}") from error
        except ValidationError as error:
            raise PlanError(f"{path}, entry {number}: {_first(error)}") from error
    _refuse_twins(runs, path)
    return runs


def _load(path: Path) -> Options:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PlanError(f"the plan {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlanError(f"the plan {path} is not TOML: {error}") from error
    return _underscored(document)


def _underscored(options: Mapping[str, object]) -> Options:
    """Let `test-size` and `test_size` be the same option."""
    return {name.replace("-", "_"): value for name, value in options.items()}


def _entries(document: Options) -> Iterator[Entry]:
    runs, tables = _listed(document, "runs"), _listed(document, "tables")
    settings = _listed(document, "settings")
    if runs and (tables or settings):
        raise PlanError("a plan has either [[runs]], or [[tables]] and [[settings]]")
    for run in runs:
        yield _entry(document, {}, run)
    if not runs:
        for table, setting in itertools.product(tables or [{}], settings or [{}]):
            yield _entry(document, table, setting)


def _listed(document: Options, key: str) -> list[Options]:
    """Take a list of tables out of a plan; a bare string is the path of a table."""
    value = document.pop(key, [])
    if not isinstance(value, list):
        raise PlanError(f"{key} must be a list; write [[{key}]]")
    items: list[Options] = []
    for item in value:
        if isinstance(item, dict):
            items.append(_underscored(item))
        elif key == "tables" and isinstance(item, str):
            items.append({"table": item})
        else:
            raise PlanError(f"{key} holds {item!r}; write [[{key}]] with options")
    return items


def _entry(common: Options, table: Options, setting: Options) -> Entry:
    options: Options = {}
    for level in (common, table, setting):
        if not BOUNDS.isdisjoint(level):
            # What bounds a run here takes the place of what bounded it further out.
            options = {key: options[key] for key in options.keys() - BOUNDS}
        options |= level
    options.pop("name", None)
    name = table.get("name")
    return Entry(
        table=None if name is None else str(name),
        setting=str(setting.get("name", common.get("name", DEFAULT_SETTING))),
        options=options,
    )


def _planned(entry: Entry, base: Path) -> Iterator[PlannedRun]:
    options = dict(entry.options)
    for seed in _seeds(options):
        settings = _settings({**options, "seed": seed}, base)
        stem = Path(settings.tables.table).name.split(".")[0]
        yield PlannedRun(entry.table or stem, entry.setting, settings)


def _seeds(options: Options) -> Sequence[int]:
    """Take what says so out of an entry's options and return its seeds."""
    named = {name: options.pop(name) for name in Repeats.model_fields & options.keys()}
    repeats = Repeats.model_validate(named)
    if repeats.seeds is None:
        return range(repeats.seed, repeats.seed + repeats.experiments)
    if len(named) > 1:
        raise PlanError("name either seeds, or experiments and the first seed")
    return repeats.seeds


def _settings(options: Options, base: Path) -> RunSettings:
    unknown = sorted(set(options) - TABLE_OPTIONS - RUN_OPTIONS)
    if unknown:
        names = ", ".join(name.replace("_", "-") for name in unknown)
        raise PlanError(f"there is no option {names}; `run.py fit --help` lists all")
    if "table" not in options:
        raise PlanError("it names no table")
    located = _located(options, base)
    tables = {name: located[name] for name in TABLE_OPTIONS & set(located)}
    for option, field in LISTED.items():
        texts = _texts(option, tables.pop(option, []))
        tables[field] = parse_kinds(texts) if option == "kind" else tuple(texts)
    if "drop_leaks" in tables:
        tables[FIELD_BY_TABLE_OPTION["drop_leaks"]] = tables.pop("drop_leaks")
    rest = {name: located[name] for name in RUN_OPTIONS & set(located)}
    return make_settings(
        TableSettings.model_validate(tables), RunChoices.model_validate(rest)
    )


def _texts(option: str, value: object) -> list[str]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(t, str) for t in texts):
        raise PlanError(f"{option} must be a text or a list of texts")
    return texts


def _located(options: Options, base: Path) -> Options:
    """Let relative paths start at the plan's folder."""
    located = dict(options)
    for name in NAMED_FILES:
        if isinstance(located.get(name), str):
            located[name] = str(base / Path(str(located[name])).expanduser())
    table, proposer = located.get("table"), located.get("proposer")
    metric = located.get("metric")
    if isinstance(metric, str):
        located["metric"] = located_metric(metric, base)
    if isinstance(table, str):
        path = base / Path(table).expanduser()
        is_example = not path.exists() and not Path(table).suffix
        located["table"] = table if is_example else str(path)
    script = script_of(proposer) if isinstance(proposer, str) else None
    if script is not None:
        name = str(proposer).partition(":")[0]
        located["proposer"] = f"{name}:{base / script.expanduser()}"
    return located


def _first(error: ValidationError) -> str:
    """The first complaint in one line."""
    complaint = error.errors()[0]
    option = str(complaint["loc"][-1]).replace("_", "-") if complaint["loc"] else ""
    return f"{option}: {complaint['msg']}, not {complaint['input']!r}"


def _refuse_twins(runs: list[PlannedRun], path: Path) -> None:
    names = [run.name for run in runs]
    twins = {name for name in names if names.count(name) > 1}
    if twins:
        raise PlanError(
            f"{path}: two runs are called {min(twins)}; give their tables or settings "
            "a `name` each, and name no seed twice"
        )
