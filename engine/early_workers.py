"""Starts the workers of `predict` first, because their imports take longest."""

from collections.abc import Iterator
from contextlib import contextmanager

from engine.run_folder import RunFolder
from engine.stored_predictor import read_stored
from executors.zygote_process import ZygoteProcess, launch_zygote


@contextmanager
def early_workers(folder: RunFolder) -> Iterator[ZygoteProcess | None]:
    """Let workers load what the members of a run need while this process loads the rest.

    From the run's folder they are told a number of threads and names of modules, of which
    they load only those that they offer. Whoever predicts takes them over; in the end they
    are gone in any case.

    Returns:
        What workers are forked from; None if only the journal tells what they need.

    Raises:
        NoPredictor: `predictor.json` is damaged.
    """
    stored = read_stored(folder)
    if stored is None:
        yield None
        return
    with launch_zygote(stored.threads, modules=stored.modules) as zygote:
        yield zygote
