"""Every hostile candidate ends as expected: as root and as an ordinary user, with and
without namespaces. Harmless ones among the failures would be our own bug."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.executors.attacks.attack import Attack
from tests.executors.attacks.catalogue import ATTACKS

HERE = Path(__file__).parent
NOBODY = "65534"
DRIVER_SECONDS = 500
MODES = ["root-all", "root-flat", "nobody-all", "nobody-flat"]

pytestmark = pytest.mark.deep


@pytest.fixture(scope="module", params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """Skip what needs root where we are not."""
    name = str(request.param)
    if os.geteuid() != 0 and name.startswith("nobody"):
        pytest.skip("only root can become another user; the root modes ran as we are")
    return name


@pytest.fixture(scope="module")
def told(mode: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run all attacks of one mode in one process, and return what each came to."""
    user, layers = mode.split("-")
    command = [sys.executable, "-W", "error", str(HERE / "driver.py"), layers]
    if user == "nobody":
        command = [sys.executable, str(HERE / "as_user.py"), NOBODY, *command]
    errors = tmp_path_factory.mktemp("driver") / "errors"
    with errors.open("w") as file:
        ran = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=file,
            timeout=DRIVER_SECONDS,
            cwd="/",
            check=False,
        )
    assert ran.returncode == 0, errors.read_text()[-3000:]
    first, *lines = [json.loads(line) for line in ran.stdout.splitlines()]
    return {"": first} | {line["number"]: line for line in lines}


def test_the_layers_of_the_mode_hold(mode: str, told: dict[str, Any]) -> None:
    states = told[""]["states"]

    assert states["seccomp"] == states["landlock"] == "active"
    if mode.endswith("all"):
        assert set(states.values()) == {"active"}
    else:
        assert states["process namespace"] == "switched off"
    assert (told[""]["user"] == 0) == (mode.startswith("root") and os.geteuid() == 0)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.number)
def test_an_attack_ends_as_expected_and_leaves_nothing(
    mode: str, told: dict[str, Any], attack: Attack
) -> None:
    expected = attack.jailed
    if mode.endswith("flat") and attack.flat is not None:
        expected = attack.flat
    end = told[attack.number]

    assert end["harm"] == []
    assert re.fullmatch(expected.kind, end["kind"]), end
    assert re.fullmatch(expected.output, end["output"]), end
    assert re.search(expected.message, end["message"]), end
