"""Decides whether a run may start here: `--isolation strict` takes all layers or none."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import anyio

from engine.errors import IsolationRefused
from executors.pool import WorkerPool

ACTIVE = "active"


def check_isolation(wanted: Literal["auto", "strict"]) -> None:
    """Refuse to go on where a layer between candidate code and the host is missing.

    Raises:
        IsolationRefused: The user wants every layer, and this machine lacks some.
    """
    if wanted == "strict":
        refuse_missing(anyio.run(probed_layers))


async def probed_layers() -> tuple[tuple[str, str], ...]:
    """Each layer with `active` or why it is not, as a job of a pool of its own finds it.

    Raises:
        ZygoteStartError: The libraries cannot be loaded, or no job can be fenced.
    """
    with TemporaryDirectory() as spool:
        async with WorkerPool(threads=1, spool=Path(spool)) as pool:
            return await pool.layers()


def refuse_missing(layers: Iterable[tuple[str, str]]) -> None:
    """Name every layer that is not active.

    Args:
        layers: Each layer with `active` or why it is not.

    Raises:
        IsolationRefused: There is one.
    """
    missing = [f"{name} ({state})" for name, state in layers if state != ACTIVE]
    if missing:
        raise IsolationRefused(
            f"--isolation strict: this machine lacks {', '.join(missing)}; "
            "`run.py doctor` says what each means, --isolation auto goes without"
        )
