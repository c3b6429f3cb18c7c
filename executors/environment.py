"""The environment variables of workers: all of them made here, none taken over."""

import os
from collections.abc import Iterable
from pathlib import Path

from toolkit.checkpoints import SETTING


def zygote_environment(
    threads: int, root: Path, checkpoints: Iterable[Path] = ()
) -> dict[str, str]:
    """Return the whole environment of a zygote.

    OpenMP threads sleep instead of spinning (busy cores make spinning 10 times
    slower), joblib starts no processes (they would be killed), hashes are fixed.
    Arrow takes memory as it needs it; its own allocator would reserve 1 GiB of a
    job's limit.

    Args:
        threads: Threads of every numerical library.
        root: The folder that holds our own packages.
        checkpoints: Files of weights that jobs may read.
    """
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": str(root),
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": str(threads),
        "OMP_WAIT_POLICY": "PASSIVE",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "JOBLIB_MULTIPROCESSING": "0",
        "LOKY_MAX_CPU_COUNT": str(threads),
        "HF_HUB_OFFLINE": "1",
        SETTING: os.pathsep.join(map(str, dict.fromkeys(checkpoints))),
    }


KEPT_NAMES = frozenset(zygote_environment(1, Path())) - {"PYTHONPATH"}


def scrub_environment(scratch: Path) -> None:
    """Reduce this process's environment to what a job may see.

    Args:
        scratch: The job's own folder, its home and place for temporary files.
    """
    for name in set(os.environ) - KEPT_NAMES:
        del os.environ[name]
    os.environ["HOME"] = os.environ["TMPDIR"] = str(scratch)
