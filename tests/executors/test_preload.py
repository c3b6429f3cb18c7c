"""What is loaded before jobs are forked: all that is offered, or what is wanted of it."""

import subprocess
import sys

from executors.preload import LIBRARIES, offered

SCRIPT = """
import gc, sys
from executors.preload import preload
preload(frozenset(sys.argv[1:]))
asked = ("numpy", "toolkit.scaler", "lightgbm", "toolkit.lightgbm_model", "antigravity")
print([name for name in asked if name in sys.modules], gc.isenabled())
"""


def test_only_what_is_wanted_of_what_is_offered_is_loaded() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, "numpy", "toolkit.scaler", "antigravity"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout == "['numpy', 'toolkit.scaler'] True\n"


def test_libraries_and_every_module_of_the_toolkit_are_offered() -> None:
    names = list(offered())

    assert set(LIBRARIES) < set(names)
    assert {"toolkit.lightgbm_model", "toolkit.state.container"} < set(names)
    assert len(names) == len(set(names))
