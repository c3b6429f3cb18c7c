"""What a plan asks for, and what is wrong with it in one line."""

import inspect
from pathlib import Path

import pytest

import run
from cli.fit import fit
from engine.errors import PlanError
from engine.plan import RUN_OPTIONS, TABLE_OPTIONS, PlannedRun, read_plan


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return tmp_path / "plan.toml"


def runs_of(plan: Path, text: str) -> list[PlannedRun]:
    plan.write_text(text)
    return read_plan(plan)


def test_each_table_meets_each_setting_and_each_seed(plan: Path) -> None:
    runs = runs_of(
        plan,
        """
        seeds = [3, 5]
        tables = ["german_credit", "breast_cancer"]
        target = "class"
        [[settings]]
        name = "quick"
        trials = 9
        [[settings]]
        name = "slow"
        trials = 30
        """,
    )

    assert [run.name for run in runs] == [
        "german_credit-quick-seed3",
        "german_credit-quick-seed5",
        "german_credit-slow-seed3",
        "german_credit-slow-seed5",
        "breast_cancer-quick-seed3",
        "breast_cancer-quick-seed5",
        "breast_cancer-slow-seed3",
        "breast_cancer-slow-seed5",
    ]
    assert [run.settings.trials for run in runs[:4]] == [9, 9, 30, 30]


def test_experiments_count_seeds_up_from_the_first(plan: Path) -> None:
    runs = runs_of(
        plan, 'table = "t"\ntarget = "y"\ntrials = 9\nseed = 4\nexperiments = 3\n'
    )

    assert [run.settings.seed for run in runs] == [4, 5, 6]


def test_every_option_of_fit_goes_by_its_own_name() -> None:
    options = set(inspect.signature(fit).parameters) - {"run_dir", "as_json"}

    assert options - TABLE_OPTIONS - RUN_OPTIONS == set()


def test_options_mean_what_they_mean_on_the_command_line(plan: Path) -> None:
    (only,) = runs_of(
        plan,
        """
        [[runs]]
        table = "t"
        target = "y"
        trials = 9
        test-size = 0.3
        drop = ["a", "b"]
        drop-leaks = true
        kind = "c=category"
        memory = "2GB"
        workers = 4
        """,
    )

    tables = only.settings.tables
    assert (tables.test_size, tables.drop) == (0.3, ("a", "b"))
    assert tables.kinds[0].column == "c"
    assert tables.are_leaks_dropped
    assert only.settings.memory_bytes == 500_000_000


def test_a_nearer_bound_takes_the_place_of_a_common_one(plan: Path) -> None:
    runs = runs_of(
        plan,
        """
        budget = "60s"
        table = "t"
        target = "y"
        [[settings]]
        name = "clock"
        [[settings]]
        name = "count"
        trials = 9
        """,
    )

    bounds = [(run.settings.budget_seconds, run.settings.trials) for run in runs]
    assert bounds == [(60.0, None), (None, 9)]


def test_relative_paths_start_at_the_plan(plan: Path) -> None:
    (plan.parent / "mine").write_text("a table without a suffix")
    runs = runs_of(
        plan,
        """
        tables = ["mine", "other.csv", "/far/away.csv", "german_credit"]
        target = "y"
        trials = 9
        test = "test.csv"
        proposer = "scripted:ideas.toml"
        """,
    )

    assert [run.settings.tables.table for run in runs] == [
        str(plan.parent / "mine"),
        str(plan.parent / "other.csv"),
        "/far/away.csv",
        "german_credit",
    ]
    assert runs[0].settings.tables.test == str(plan.parent / "test.csv")
    assert runs[0].settings.proposer == f"scripted:{plan.parent / 'ideas.toml'}"


def test_a_folder_is_named_by_harmless_characters_only(plan: Path) -> None:
    (only,) = runs_of(
        plan,
        'trials = 9\ntarget = "y"\ntable = "t.csv"\nname = "../a b"\n[[tables]]\n'
        'name = "x/y"\n',
    )

    assert only.name == "x_y-.._a_b-seed0"


RUN = 'target = "y"\ntrials = 9\n'


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a = [", "not TOML"),
        (RUN, "names no table"),
        (RUN + 'table = "t"\ncolour = 3', "no option colour"),
        (RUN + 'table = "t"\nrun-dir = "x"', "no option run-dir"),
        (RUN + 'table = "t"\nexperiments = 0', "experiments"),
        (RUN + 'table = "t"\nexperiments = "two"', "experiments"),
        (RUN + 'table = "t"\nseeds = []', "seeds"),
        (RUN + 'table = "t"\nseeds = [true]', "valid integer"),
        (RUN + 'table = "t"\nseeds = [1]\nexperiments = 2', "either seeds"),
        (RUN + 'table = "t"\nseeds = [1, 1]', "two runs"),
        (RUN + 'table = "t"\ndrop = [1]', "drop"),
        (RUN + 'table = "t"\nkind = "a=colour"', "COL=KIND"),
        (RUN + 'table = "t"\nbudget = "9s"', "--trials"),
        (RUN + 'table = "t"\nvalidation = "none"', "validation"),
        ('table = "t"\ntarget = "y"\ntrials = "many"', "trials"),
        ("runs = 3", r"\[\[runs\]\]"),
        ("tables = [3]", "3"),
        ('tables = ["t"]\n[[runs]]\ntable = "t"', "either"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(plan: Path, text: str, hint: str) -> None:
    with pytest.raises(PlanError, match=hint) as caught:
        runs_of(plan, text)

    assert "\n" not in str(caught.value)


def test_a_plan_that_is_not_there_is_named(plan: Path) -> None:
    with pytest.raises(PlanError, match=r"plan\.toml cannot be read"):
        read_plan(plan)


def test_the_quick_start_holds_three_runs_with_repeats() -> None:
    root = Path(run.__file__).parent

    runs = read_plan(root / "examples" / "quickstart.toml")

    assert {run.table for run in runs} == {
        "german_credit",
        "concrete_strength",
        "breast_cancer",
    }
    assert len({run.settings.seed for run in runs}) == 2
    assert {run.settings.tables.task for run in runs} == {"auto", "clustering"}
