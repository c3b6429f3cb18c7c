"""What all tests share: patience, an order, and a memory for long statistics."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.local_model import LocalModel, serve_local_model

# A loaded machine is no fault of an example.
settings.register_profile(
    "house",
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")

ROOT = Path(__file__).parents[1]
LONGEST_FIRST = (
    "tests/test_packaging.py",
    "tests/engine/test_exporting.py",
    "tests/test_documentation.py",
    "tests/sage_loop/estimators/test_scikit_learn.py",
    "tests/test_prompt_privacy.py",
)
"""Files that a process of its own is busy with for minutes."""

Outcome = dict[str, Any]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The event loop that commands run on; bus and chat are tested on trio as well."""
    return "asyncio"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long files first, so that no process is left alone with one at the end."""
    deep = {item.path for item in items if item.get_closest_marker("deep")}
    places = {ROOT / name: place for place, name in enumerate(LONGEST_FIRST)}

    def place(item: pytest.Item) -> int:
        return places.get(item.path, len(places) + (item.path not in deep))

    items.sort(key=place)


@dataclass
class Progress:
    """Outcomes of single cases of a statistic, so that a long one can be interrupted.

    Attributes:
        path: File of one JSON object a line; None to keep nothing.
        known: Outcomes by study and case.
    """

    path: Path | None
    known: dict[tuple[str, str], Outcome] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path is not None and self.path.exists():
            for line in self.path.read_text().splitlines():
                outcome = json.loads(line)
                self.known[outcome["study"], outcome["case"]] = outcome

    def keep(self, study: str, case: str, *, is_good: bool, **more: object) -> Outcome:
        """Remember how a case came out."""
        outcome = {"study": study, "case": case, "is_good": is_good, **more}
        self.known[study, case] = outcome
        if self.path is not None:
            with self.path.open("a") as file:
                file.write(json.dumps(outcome) + "\n")
        return outcome


@pytest.fixture(scope="session")
def progress() -> Progress:
    """Outcomes kept in the file that SAGE_LOOP_PROGRESS names, if it names one."""
    named = os.environ.get("SAGE_LOOP_PROGRESS")
    return Progress(Path(named) if named else None)


@pytest.fixture(scope="session")
def local_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalModel]:
    """A small real model on this machine, the same for all tests."""
    with serve_local_model(tmp_path_factory.mktemp("local_model")) as served:
        yield served
