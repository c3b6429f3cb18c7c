"""What the README and docs/ say is so: commands, links, contracts and examples."""

import contextlib
import dataclasses
import os
import re
import shlex
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from typer.main import get_group
from typer.testing import CliRunner

from engine.plan import read_plan
from proposers.base import Proposer
from run import app
from schemas.asks import Ask, Briefing, DraftAsk, FeatureAsk
from schemas.base import BlobRef
from schemas.candidate import RAW_VIEW
from schemas.jobs import FailureKind
from schemas.proposals import CandidateProposal, NoProposal, Proposal
from schemas.table import USABLE_KINDS, TableProfile, TableSchema
from schemas.task import Task, TaskKind
from tests.command_line import run_here
from toolkit.spec import Spec
from toolkit.state.encoding import to_plain

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
CONTRACT = (ROOT / "docs" / "writing-candidates.md").read_text()
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*.md")]
)
COMMAND_LINE = (ROOT / "docs" / "command-line.md").read_text()
COMMANDS = re.findall(r"(?:run\.py|sage-loop) ([a-z]+)\b([^\n`#]*)", README)
ROWS = 60
COMMAND_NAMES = sorted(get_group(app).commands)


@cache
def options_of(command: str) -> frozenset[str]:
    """Ask the command line itself which options a command has."""
    plain = {"COLUMNS": "300", "NO_COLOR": "1", "TERM": "dumb"}
    done = CliRunner(env=plain).invoke(app, [command, "--help"])
    assert done.exit_code == 0, done.output
    return frozenset(re.findall(r"--[a-z][a-z-]*", done.stdout))


def section(page: str, heading: str) -> str:
    """Return the text under a heading, up to the next one of any level."""
    return re.split(r"\n#+ ", page.split(f"# {heading}\n", 1)[1])[0]


def first_cells(text: str) -> set[str]:
    """Return the code words in the first cells of a table."""
    cells = re.findall(r"^\|([^|]+)\|", text, re.MULTILINE)
    return {word for cell in cells for word in re.findall(r"`([a-z_]+)`", cell)}


class TestCommands:
    def test_every_make_target_in_the_pages_exists(self) -> None:
        makefile = (ROOT / "Makefile").read_text()
        targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
        pages = [*PAGES, ROOT / ".ci" / "run"]
        text = "\n".join(page.read_text() for page in pages)
        named = set(re.findall(r"(?:^\s*|`)make ([a-z-]+)", text, re.MULTILINE))

        assert {"demo", "test"} <= named
        assert named - targets == set()

    def test_make_help_lists_every_target(self) -> None:
        makefile = (ROOT / "Makefile").read_text()
        phony = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split()
        done = subprocess.run(
            ["make", "--no-print-directory", "help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )

        assert [line.split()[1] for line in done.stdout.splitlines()] == phony

    @pytest.mark.parametrize("command", sorted({name for name, _ in COMMANDS}))
    def test_every_option_shown_with_a_command_exists(self, command: str) -> None:
        shown = {
            option
            for name, rest in COMMANDS
            if name == command
            for option in re.findall(r"--[a-z][a-z-]*", rest)
        }

        assert shown - options_of(command) == set()

    def test_every_option_in_the_table_of_fit_exists(self) -> None:
        rows = re.findall(r"^\| (`--[^|]*)\|", README, re.MULTILINE)
        named = {
            option for row in rows for option in re.findall(r"--[a-z][a-z-]*", row)
        }

        assert len(named) > 10
        assert named - options_of("fit") == set()

    def test_the_page_of_the_command_line_has_every_command(self) -> None:
        headings = re.findall(r"^## ([a-z]+)$", COMMAND_LINE, re.MULTILINE)

        assert sorted(headings) == COMMAND_NAMES

    @pytest.mark.parametrize("command", COMMAND_NAMES)
    def test_the_page_of_the_command_line_has_every_option(self, command: str) -> None:
        rows = re.findall(
            r"^\| (`--[^|]*)\|",
            COMMAND_LINE.split(f"## {command}\n")[1].split("\n## ")[0],
            re.MULTILINE,
        )
        named = {
            option for row in rows for option in re.findall(r"--[a-z][a-z-]*", row)
        }

        assert named == options_of(command) - {"--help"}

    def test_the_plan_shown_can_be_read(self, tmp_path: Path) -> None:
        (shown,) = re.findall(r"```toml\n(.*?)```", COMMAND_LINE, re.DOTALL)
        (tmp_path / "plan.toml").write_text(shown)

        assert len(read_plan(tmp_path / "plan.toml")) == 6

    def test_the_demo_uses_options_that_exist(self) -> None:
        makefile = (ROOT / "Makefile").read_text().replace("\\\n", " ")
        lines = re.findall(r"run\.py fit (.*)", makefile)
        used = {option for line in lines for option in re.findall(r"--[a-z-]+", line)}

        assert len(lines) == 3
        assert used - options_of("fit") == set()

    def test_the_exit_codes_are_those_of_the_command_line(self) -> None:
        source = (ROOT / "cli" / "exits.py").read_text()
        codes = re.findall(r"^EXIT_[A-Z_]+ = (\d+)$", source, re.MULTILINE)
        listed = re.findall(r"^\| (\d+) \|", README, re.MULTILINE)

        assert set(listed) == {"0", *codes}


class TestPages:
    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
    def test_every_relative_link_leads_somewhere(self, page: Path) -> None:
        links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
        local = [link for link in links if "://" not in link]

        assert [link for link in local if not (page.parent / link).exists()] == []

    def test_the_file_tree_lists_the_rooms_in_import_order(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
        listed = re.findall(
            r"^([a-z_]+)/ ", section(README, "What is where"), re.MULTILINE
        )

        assert listed[: len(layers)] == layers

    def test_every_entry_of_the_file_tree_exists(self) -> None:
        entries = re.findall(
            r"^([a-z_.]+/?) {2,}", section(README, "What is where"), re.MULTILINE
        )

        assert entries
        assert [entry for entry in entries if not (ROOT / entry).exists()] == []


class TestContract:
    def test_it_names_every_attribute_of_spec(self) -> None:
        fields = {field.name for field in dataclasses.fields(Spec)}

        assert first_cells(section(CONTRACT, "What `spec` carries")) == {
            *fields,
            "n_classes",
        }

    def test_it_names_every_kind_of_column(self) -> None:
        assert first_cells(section(CONTRACT, "What X looks like")) == {
            kind.value for kind in USABLE_KINDS
        }

    def test_it_names_every_kind_of_failure(self) -> None:
        assert first_cells(section(CONTRACT, "What fails")) == set(
            get_args(FailureKind)
        )


def mixed_table() -> pd.DataFrame:
    """Build a table with a column of each kind and missing values in all of them."""
    numbers = np.random.default_rng(0).normal(size=ROWS)
    is_missing = np.arange(ROWS) % 7 == 0
    table = pd.DataFrame(
        {
            "size": numbers,
            "is_new": pd.Series(numbers > 0, dtype="boolean"),
            "is_whole": numbers > 1,
            "color": pd.Categorical(np.where(numbers > 0, "red", "blue")),
            "note": pd.Series(["some words"] * ROWS, dtype="str"),
            "day": pd.date_range("2020-01-01", periods=ROWS, unit="us"),
            "town": pd.Categorical([f"t{row % 25}" for row in range(ROWS)]),
            "took": np.arange(ROWS) * 60.0,
        }
    )
    missing = ["size", "is_new", "color", "note", "day"]
    table[missing] = table[missing].mask(pd.Series(is_missing), axis=0)
    return table


KINDS = {
    "size": "numeric",
    "is_new": "boolean",
    "is_whole": "boolean",
    "color": "category",
    "note": "text",
    "day": "datetime",
    "town": "high_cardinality",
    "took": "duration",
}


def spec_for(task: str, classes: tuple[str, ...]) -> Spec:
    return Spec(
        task=task, classes=classes, seed=0, n_threads=1, seconds=10.0, kinds=KINDS
    )


def written(page: str, name: str) -> Any:  # noqa: ANN401 - written code has no type
    """Run the last complete example of a class in a page and return that class."""
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    source = [text for text in blocks if f"class {name}" in text and "import" in text][
        -1
    ]
    module: dict[str, Any] = {}
    exec(compile(source, f"{name}.py", "exec"), module)  # noqa: S102 - our own pages
    return module[name]


class TestExamplesInPages:
    def test_the_candidate_classifies_a_table_of_all_kinds(self) -> None:
        table = mixed_table()
        codes = pd.Series(np.arange(ROWS) % 2 * 2)  # the middle class does not occur
        model = written(CONTRACT, "Candidate")(spec_for("multiclass", ("a", "b", "c")))

        model.fit(table, codes)

        chances = model.predict_proba(table)
        assert chances.shape == (ROWS, 3)
        assert np.allclose(chances.sum(axis=1), 1)
        assert np.all(chances[:, 1] == 0)
        assert set(model.predict(table.head(5))) <= {0, 2}

    @pytest.mark.parametrize("page", [README, CONTRACT], ids=["README", "docs"])
    def test_the_candidate_predicts_numbers(self, page: str) -> None:
        table = mixed_table()
        target = pd.Series(np.arange(ROWS, dtype=float))
        weight = pd.Series(np.ones(ROWS))
        model = written(page, "Candidate")(spec_for("regression", ()))

        model.fit(table, target, weight)

        assert model.predict(table).shape == (ROWS,)
        assert np.isfinite(model.predict(table.head(1))).all()

    def test_the_feature_program_adds_columns_to_the_same_rows(self) -> None:
        table = mixed_table()
        features = written(CONTRACT, "Features")()

        features.fit(table)
        new = features.transform(table.tail(10))

        assert list(new.columns) == ["distance_to_middle"]
        assert new.index.equals(table.tail(10).index)


PROPOSERS_PAGE = (ROOT / "docs" / "writing-proposers.md").read_text()
BLOCKS_PAGE = (ROOT / "docs" / "writing-blocks.md").read_text()
QUICK_START = (ROOT / "docs" / "quick-start.md").read_text()


class Sources(dict[str, str]):
    """Keeps sources by their own text."""

    def read_text(self, ref: BlobRef) -> str:
        return self[ref.digest]

    def keep_text(self, text: str) -> BlobRef:
        self[text] = text
        return BlobRef(digest=text, size=len(text))


async def answers(asked: Ask) -> tuple[Proposal, Sources]:
    """What the proposer of the page says."""
    module: dict[str, Any] = {}
    (source,) = blocks(PROPOSERS_PAGE, "python")
    exec(compile(source, "forests.py", "exec"), module)  # noqa: S102 - our own page
    sources = Sources()
    proposer: Proposer = module["ForestProposer"](sources)
    task = Task(
        kind=TaskKind.REGRESSION,
        target="y",
        classes=(),
        metric="rmse",
        greater_is_better=False,
        rows=ROWS,
        features=8,
        test_rows=0,
        folds=3,
        validation_rows=ROWS,
    )
    briefing = Briefing(
        task=task,
        profile=TableProfile(rows=ROWS, columns=()),
        schema_=TableSchema(columns=()),
    )
    return (await proposer.propose(asked, briefing)).proposal, sources


class TestWritingProposers:
    async def test_the_proposer_drafts_candidates_that_can_be_fitted(self) -> None:
        proposal, sources = await answers(DraftAsk(index=1, views=(RAW_VIEW,)))

        assert isinstance(proposal, CandidateProposal)
        module: dict[str, Any] = {}
        exec(sources.read_text(proposal.source), module)  # noqa: S102 - our own page
        model = module["Candidate"](spec_for("regression", ()))
        model.fit(mixed_table(), pd.Series(np.arange(ROWS, dtype=float)))
        assert model.predict(mixed_table()).shape == (ROWS,)
        assert proposal.view == "raw"

    async def test_it_has_nothing_to_say_to_other_asks(self) -> None:
        beyond, _ = await answers(DraftAsk(index=9, views=(RAW_VIEW,)))
        other, _ = await answers(FeatureAsk(round=0))

        assert isinstance(beyond, NoProposal)
        assert isinstance(other, NoProposal)


class TestWritingBlocks:
    def test_the_block_classifies_a_table_of_all_kinds_and_has_plain_state(
        self,
    ) -> None:
        source = blocks(BLOCKS_PAGE, "python")[0]
        module: dict[str, Any] = {"__name__": "toolkit.naive_bayes"}
        exec(compile(source, "naive_bayes.py", "exec"), module)  # noqa: S102 - our own page
        block = module["NaiveBayes"](spec_for("binary", ("a", "b")))
        codes = pd.Series((np.arange(ROWS) % 2).astype(np.int64))

        block.fit(mixed_table(), codes, np.ones(ROWS))

        chances = block.predict_proba(mixed_table())
        assert chances.shape == (ROWS, 2)
        assert np.allclose(chances.sum(axis=1), 1)
        assert to_plain(block).tree


PYTHON_PAGE = (ROOT / "docs" / "python.md").read_text()
EXPORT_PAGE = (ROOT / "docs" / "export.md").read_text()


def blocks(page: str, language: str) -> list[str]:
    """Return the blocks of a page that are written in a language."""
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder in which commands of the pages find what they name."""
    for name in ("run.py", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


BUDGET, SHORTEST = 'budget="10s"', "trials=3, feature_rounds=0"
"""What pages say in Python, and the shortest search, which no loaded machine cuts off."""


def brief(commands: str) -> str:
    """The same commands with the shortest search: what is found is not the question."""
    shortest = "--trials 3 --feature-rounds 0 --validation holdout"
    return re.sub(r"--(budget \d+s|trials \d+)", shortest, commands)


def run_commands(lines: str, folder: Path) -> None:
    """Run commands of a page in turn: ours where all that they need is loaded."""
    for line in lines.splitlines():
        match shlex.split(line):
            case ["python", "run.py", *words]:
                with contextlib.chdir(folder):
                    done = run_here(*words)
                assert done.returncode == 0, done.stdout + done.stderr
            case _:
                run_lines(line, folder)


def run_lines(lines: str, folder: Path) -> None:
    """Run commands as somebody would who has our environment active."""
    paths = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": paths, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-euc", lines],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.deep
class TestPython:
    def test_the_three_lines_in_the_readme_run(self, checkout: Path) -> None:
        (lines,) = [text for text in blocks(README, "python") if "SageLoop" in text]
        code = [line for line in lines.splitlines() if line.strip()]
        start = (
            "from sklearn.datasets import load_iris\n"
            "X_train, y_train = load_iris(return_X_y=True); X_test = X_train[:5]\n"
        )
        assert BUDGET in lines
        lines = lines.replace(BUDGET, SHORTEST)
        (checkout / "lines.py").write_text(f"{start}{lines}\nassert len(labels) == 5\n")

        assert len(code) == 3
        run_lines("python lines.py", checkout)

    def test_the_page_on_python_runs_from_top_to_bottom(self, checkout: Path) -> None:
        code = "\n".join(blocks(PYTHON_PAGE, "python"))
        assert BUDGET in code
        (checkout / "page.py").write_text(code.replace(BUDGET, SHORTEST))

        run_lines("python page.py", checkout)

    def test_examples_in_docstrings_run(self, checkout: Path) -> None:
        modules = ("__init__", "estimators/classifier", "estimators/regressor")
        files = [f"{ROOT}/sage_loop/{name}.py" for name in modules]
        files.append(f"{ROOT}/sage_loop/estimators/clusterer.py")

        run_lines(f"python -m pytest -q --doctest-modules {' '.join(files)}", checkout)

    def test_the_page_on_export_runs_from_top_to_bottom(self, checkout: Path) -> None:
        commands, fresh = blocks(EXPORT_PAGE, "sh")
        (code,) = blocks(EXPORT_PAGE, "python")
        (checkout / "page.py").write_text(code)

        run_commands(brief(commands), checkout)
        run_lines("python -P page.py", checkout)

        assert (checkout / "predictions.csv").read_text().count("\n") == 1001
        assert "-m venv" in fresh

    def test_the_quick_start_runs_from_top_to_bottom(self, checkout: Path) -> None:
        commands = "\n".join(blocks(QUICK_START, "sh"))
        (code,) = blocks(QUICK_START, "python")
        (checkout / "page.py").write_text(code)

        run_commands(brief(commands), checkout)
        run_lines("python page.py", checkout)

        assert (checkout / "predictions.csv").read_text().count("\n") == 1001

    def test_the_script_beside_the_expert_runs(self, checkout: Path) -> None:
        (command,) = blocks(PROPOSERS_PAGE, "sh")

        run_commands(command, checkout)

        assert "scripted" in (checkout / "runs/scripted/leaderboard.csv").read_text()
