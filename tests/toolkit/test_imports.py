"""The preloaded process imports the toolkit before it forks: that must start nothing."""

import subprocess
import sys

SCRIPT = """
import importlib, os, pkgutil, sys
import catboost, lightgbm, numpy, pandas, scipy.cluster.hierarchy
import sklearn.cluster, sklearn.ensemble, sklearn.mixture, sklearn.neighbors
before = len(os.listdir("/proc/self/task"))
import toolkit
for module in pkgutil.iter_modules(toolkit.__path__):
    importlib.import_module(f"toolkit.{module.name}")
rooms = {"schemas", "bus", "tabular", "executors", "proposers", "agents", "engine"}
print(len(os.listdir("/proc/self/task")) - before, sorted(rooms & set(sys.modules)))
"""


def test_importing_every_module_starts_no_thread_and_needs_no_other_room() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )

    assert ran.stdout == "0 []\n"
