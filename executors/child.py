"""The child: the process in which candidate code runs.

Nothing in it is trusted once that code was touched. It leaves its result in memory
files and ends at once, without waiting for threads or exit handlers.
"""

import contextlib
import faulthandler
import os
import signal
import sys
import tempfile
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from executors import wire
from executors.confine import Fence, confine
from executors.contract import check_feature_names, check_values
from executors.errors import ContractError, FlatFormatError
from executors.failure_note import exit_status_for, note_of
from executors.flat import write_values
from executors.header import Header
from executors.inputs import Inputs
from executors.jail.plan import JailPlan
from executors.model_file import keep_model, keep_state
from executors.outcome import Stage
from executors.probe_checks import print_states
from executors.program import WorkerProgram
from executors.seeding import seed_everything
from executors.serving import serve
from executors.sources import source_files
from executors.work import WorkResult, do_work

# Time that faulthandler needs to note where an endless loop stands.
STACK_DUMP_LEAD_SECONDS = 0.7


@dataclass(frozen=True, slots=True)
class ChildDescriptors:
    """All that a child has: descriptors of its output, its files and its inputs.

    Attributes:
        supervisor: A handle of the parent, closed before candidate code runs.
    """

    output: int
    program: int
    result: int
    model: int
    trace: int
    supervisor: int
    inputs: dict[str, int]

    def all(self) -> set[int]:
        """Return all of them."""
        named = (self.output, self.program, self.result, self.model, self.trace)
        return {*named, self.supervisor, *self.inputs.values()}


def be_child(
    request: wire.JobRequest, own: ChildDescriptors, plan: JailPlan
) -> NoReturn:
    """Run one job in the process just made for it, and end."""
    status = wire.EXIT_INTERNAL
    try:
        attach(own)
        fence = Fence(
            plan=plan,
            limits=request.limits,
            scratch=Path(request.scratch),
            file_bytes=request.file_bytes,
            input_bytes=request.input_bytes,
            supervisor=own.supervisor,
        )
        if request.is_probe:
            print_states(fence)
            status = wire.EXIT_SUCCESS
        else:
            confine(fence)
            be_worker(request, own)
    except BaseException:  # noqa: BLE001 - our own bug: shown, and the status says so
        sys.excepthook(*sys.exc_info())
        flush()
    finally:
        os._exit(status)


def be_worker(request: wire.JobRequest, own: ChildDescriptors) -> NoReturn:
    """Run the program of a confined child, and end."""
    os.close(own.supervisor)
    note_stacks(own.trace, request.limits.wall_seconds)
    with os.fdopen(own.program, "rb") as file:
        program = WorkerProgram.model_validate_json(file.read())
    seed_everything(program.spec.seed)
    run(program, own)


def attach(own: ChildDescriptors) -> None:
    """Connect standard input and output and close all that is not this job's."""
    os.setpgid(0, 0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(own.output, 1)
    os.dup2(own.output, 2)
    kept = {0, 1, 2, *own.all()} - {own.output}
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in kept:
            with contextlib.suppress(OSError):  # the listing's own descriptor
                os.close(int(name))
    sys.argv = ["candidate.py"]
    tempfile.tempdir = None
    sys.stdout = sys.__stdout__ = printing_to(1)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = printing_to(2)  # type: ignore[misc]


def printing_to(descriptor: int) -> TextIOWrapper:
    """Return a stream that passes on each line at once and fails on no character."""
    return open(
        descriptor,
        "w",
        buffering=1,
        encoding="utf-8",
        errors="backslashreplace",
        closefd=False,
    )


def note_stacks(trace: int, wall_seconds: float) -> None:
    """Let faulthandler write the stack at a crash and shortly before a limit."""
    lead = max(wall_seconds - STACK_DUMP_LEAD_SECONDS, wall_seconds / 2)
    faulthandler.enable(trace)
    faulthandler.register(signal.SIGXCPU, trace, all_threads=True)
    faulthandler.dump_traceback_later(lead, file=trace)


def run(program: WorkerProgram, own: ChildDescriptors) -> NoReturn:
    """Do the work, leave its result or a note on what was raised, and end.

    It ends right here: on the way back, what candidate code left behind would run when
    it is freed.
    """
    stage: Stage = "load"

    def enter(entered: Stage) -> None:
        nonlocal stage
        stage = entered
        Header(stage=entered).write(own.result)

    try:
        enter("load")
        inputs = Inputs(own.inputs)
        if wire.CHANNEL in inputs:
            serve(program, inputs)
            end(wire.EXIT_SUCCESS)
        result = do_work(program, inputs, enter)
        enter("output")
        deliver(program, result, own)
        end(wire.EXIT_SUCCESS)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is the outcome
        status = exit_status_for(error)
        # Memory may be too short for a description; the status says enough then.
        with contextlib.suppress(BaseException):
            note = note_of(error, frozenset(source_files(program)))
            Header(stage=stage, failure=note).write(own.result)
        end(status)


def end(status: int) -> NoReturn:
    """Write out what was printed and end, without exit handlers."""
    flush()
    os._exit(status)


def deliver(program: WorkerProgram, result: WorkResult, own: ChildDescriptors) -> None:
    """Check the result and write it with its model.

    Raises:
        ContractError: The result is not what the contract asks for.
    """
    columns = result.values.shape[1]
    if program.mode == "features":
        check_feature_names(result.names, columns)
    check_values(program, result.values)
    unkept = ""
    if program.keeps_model and result.model is not None:
        unkept = keep_model(result.model, own.model)
    if program.keeps_model and result.state is not None:
        keep_state(result.state, own.model)
    write_values(own.result, result.values)
    header = Header(
        stage="output",
        is_complete=True,
        columns=columns,
        names=result.names,
        unkept=unkept,
    )
    try:
        header.write(own.result)
    except FlatFormatError:
        raise ContractError("the names of the new columns are too long") from None


def flush() -> None:
    """Write out what was printed; a broken stream is not worth a failure."""
    for stream in (sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(Exception):
            if stream is not None:
                stream.flush()
