"""Every hostile candidate ends as expected: as root and as an ordinary user, with and
without namespaces. Harmless ones among the failures would be our own bug."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.executors.attacks.attack import Attack
from tests.executors.attacks.catalogue import ATTACKS

HERE = Path(__file__).parent
NOBODY = "65534"
DRIVER_SECONDS = 500
LAYERS = ["all", "flat"]
USERS = ["root", "nobody"]

pytestmark = pytest.mark.deep


@dataclass(frozen=True, slots=True)
class Driver:
    """A process that runs all attacks as a user, and where it writes."""

    process: subprocess.Popen[bytes]
    output: Path
    errors: Path

    def told(self) -> dict[str, Any]:
        """Wait for its end, and return what each attack came to."""
        code = self.process.wait(DRIVER_SECONDS)
        assert code == 0, self.errors.read_text()[-3000:]
        lines = self.output.read_text().splitlines()
        first, *others = [json.loads(line) for line in lines]
        return {"": first} | {line["number"]: line for line in others}


def start_driver(user: str, layers: str, folder: Path) -> Driver:
    command = [sys.executable, "-W", "error", str(HERE / "driver.py"), layers]
    if user == "nobody":
        command = [sys.executable, str(HERE / "as_user.py"), NOBODY, *command]
    output, errors = folder / f"{user}.jsonl", folder / f"{user}.errors"
    with output.open("w") as out, errors.open("w") as error:
        process = subprocess.Popen(command, stdout=out, stderr=error, cwd="/")
    return Driver(process, output, errors)


@pytest.fixture(scope="module", params=LAYERS)
def layers(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=USERS)
def user(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def drivers(
    layers: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Driver]]:
    """One for each user, at the same time: attacks and their limits mostly wait."""
    folder = tmp_path_factory.mktemp("drivers")
    users = USERS if os.geteuid() == 0 else USERS[:1]
    started = {user: start_driver(user, layers, folder) for user in users}
    yield started
    for driver in started.values():
        driver.process.kill()
        driver.process.wait()


@pytest.fixture(scope="module")
def told(user: str, drivers: dict[str, Driver]) -> dict[str, Any]:
    """What each attack came to; skip what needs root where we are not."""
    if user not in drivers:
        pytest.skip("only root can become another user; the attacks ran as we are")
    return drivers[user].told()


def test_the_layers_that_were_asked_for_hold(
    layers: str, user: str, told: dict[str, Any]
) -> None:
    states = told[""]["states"]

    assert states["seccomp"] == states["landlock"] == "active"
    if layers == "all":
        assert set(states.values()) == {"active"}
    else:
        assert states["process namespace"] == "switched off"
    assert (told[""]["user"] == 0) == (user == "root" and os.geteuid() == 0)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.number)
def test_an_attack_ends_as_expected_and_leaves_nothing(
    layers: str, told: dict[str, Any], attack: Attack
) -> None:
    expected = attack.jailed
    if layers == "flat" and attack.flat is not None:
        expected = attack.flat
    end = told[attack.number]

    assert end["harm"] == []
    assert re.fullmatch(expected.kind, end["kind"]), end
    assert re.fullmatch(expected.output, end["output"]), end
    assert re.search(expected.message, end["message"]), end
