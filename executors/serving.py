"""A worker that keeps its models and answers until nobody asks any more.

A request is one packet with two descriptors: the rows and a file for the result. The
answer is one word; what it means stands in the file.
"""

import os
import socket
from contextlib import suppress

from executors import wire
from executors.applied_models import SavedModel, predict_with
from executors.failure_note import exit_status_for, note_of
from executors.flat import write_values
from executors.header import Header
from executors.inputs import Inputs
from executors.outcome import Stage
from executors.program import WorkerProgram
from executors.sources import source_files
from executors.work import load_models


def serve(program: WorkerProgram, inputs: Inputs) -> None:
    """Load the models and answer requests until the host closes its end."""
    channel = socket.socket(
        socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=inputs.take(wire.CHANNEL)
    )
    with channel:
        models = load_models(program, inputs)
        channel.send(wire.LOADED)
        while True:
            packet = wire.receive(channel)
            if not packet.content:
                return
            rows, result = packet.descriptors
            answer(program, models, rows, result)
            os.close(result)
            channel.send(wire.ANSWERED)


def answer(
    program: WorkerProgram, models: list[SavedModel], rows: int, result: int
) -> None:
    """Predict some rows into a result file, or note there what was raised."""
    stage: Stage = "load"

    def enter(entered: Stage) -> None:
        nonlocal stage
        stage = entered

    try:
        frame = Inputs({"x": rows}).frame("x")
        values = predict_with(models, frame, program.spec.task, enter)
        write_values(result, values)
        Header(stage="output", is_complete=True, columns=values.shape[1]).write(result)
    except Exception as error:
        if exit_status_for(error) == wire.EXIT_MEMORY:
            raise
        with suppress(OSError):
            note = note_of(error, frozenset(source_files(program)))
            Header(stage=stage, failure=note).write(result)
