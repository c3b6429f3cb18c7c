"""The page on the toolkit says what is there, and nothing else."""

import importlib
import inspect
import re

from proposers.llm.toolkit_page import toolkit_page

LINE = re.compile(r"- (toolkit\.\w+): (\w+)\((.*?)\)\. (.+\.)")
MOST_CHARACTERS = 8_000


def test_every_line_names_a_class_that_can_be_imported_with_these_arguments() -> None:
    lines = toolkit_page().splitlines()

    assert len(lines) > 15
    for line in lines:
        match = LINE.fullmatch(line)
        assert match is not None, line
        found = getattr(importlib.import_module(match[1]), match[2])
        taken = list(inspect.signature(found).parameters)
        named = re.findall(r"(?:^|, )\*{0,2}(\w+)", match[3].replace("*, ", ""))
        assert match[3].endswith("...") or named == taken, line


def test_the_models_the_expert_builds_from_are_all_there() -> None:
    page = toolkit_page()

    for name in (
        "LightGBM",
        "CatBoost",
        "LinearModel",
        "ExtraTrees",
        "KMeansClusterer",
    ):
        assert f": {name}(" in page


def test_wrappers_that_mend_and_helpers_are_left_out() -> None:
    page = toolkit_page()

    assert "repairs" not in page
    assert "NamedTuple" not in page
    assert len(page) < MOST_CHARACTERS
