"""Which source files some code needs."""

from engine.source_closure import find_closure


def test_imports_are_followed_from_module_to_module() -> None:
    closure = find_closure(["tabular.differences"], [])

    assert closure.modules == {
        "tabular",
        "tabular.differences",
        "tabular.errors",
        "tabular.missing_words",
        "tabular.moments",
        "tabular.notation",
        "tabular.number_patterns",
        "tabular.typed_columns",
        "tabular.units",
        "tabular.values",
    }
    assert closure.packages == {"numpy", "pandas"}


def test_a_members_source_brings_its_blocks_and_its_packages() -> None:
    source = "import lightgbm\nfrom toolkit.levels import Levels\nimport os.path\n"

    closure = find_closure([], [source])

    assert {"toolkit", "toolkit.levels", "toolkit.arrays"} == closure.modules
    assert closure.packages == {"lightgbm", "numpy", "pandas"}


def test_what_runs_in_an_exported_folder_needs_numpy_and_pandas_alone() -> None:
    closure = find_closure(["exported.command", "exported.model", "exported.door"], [])

    assert closure.packages == {"numpy", "pandas"}
    assert {name.split(".")[0] for name in closure.modules} == {
        "executors",
        "exported",
        "tabular",
        "toolkit",
    }
