"""Has fitted models written down as plain state, in the jail where they may be unpickled."""

from dataclasses import dataclass

import anyio
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.predictor import MemberFailed, Predictor
from executors.buffers import SealedBuffer
from executors.outcome import JobFailure, JobSuccess
from executors.program import WorkerProgram
from executors.resident import ResidentMember

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WrittenMember:
    """A member as it can leave the house.

    Attributes:
        name: The candidate's id.
        source: Its source.
        features: Sources of its feature programs, in the order of its view.
        states: Each fitted model as a block of plain state, unchecked; empty if one has none.
        pickles: The same models as they are kept.
        reason: Why it has no plain state; empty if it has.
        values: What it predicts for the rows of the self-test.
    """

    name: str
    source: str
    features: tuple[str, ...]
    states: tuple[bytes, ...]
    pickles: tuple[bytes, ...]
    reason: str
    values: Floats

    @property
    def is_plain(self) -> bool:
        """Whether it needs no pickle."""
        return not self.reason


async def write_member(
    name: str, resident: ResidentMember, frame: pd.DataFrame, predictor: Predictor
) -> WrittenMember:
    """Write one member down.

    Args:
        name: The candidate's id.
        resident: How it predicts.
        frame: Rows of the self-test, as the member sees them.
        predictor: Whose pool and limits are used.

    Raises:
        MemberFailed: It cannot predict these rows.
    """
    program = resident.program.model_copy(update={"rows": len(frame)})
    with SealedBuffer.from_frame(frame) as x:
        outcomes = [
            await _run(program, "state", model, x, predictor)
            for model in resident.models
        ]
        written = [outcome for outcome in outcomes if isinstance(outcome, JobSuccess)]
        reason = next((_reason(o) for o in outcomes if isinstance(o, JobFailure)), "")
        if reason:
            written = [
                _predicted(name, await _run(program, "predict", model, x, predictor))
                for model in resident.models
            ]
    total = np.zeros_like(written[0].values)
    for outcome in written:
        total = total + outcome.values
    return WrittenMember(
        name=name,
        source=program.source,
        features=tuple(view.source for view in program.view),
        states=() if reason else tuple(o.model or b"" for o in written),
        pickles=resident.models,
        reason=reason,
        values=total / len(written),
    )


async def write_members(
    predictor: Predictor, frame: pd.DataFrame
) -> list[WrittenMember]:
    """Write all members of an ensemble down, a few at once.

    Raises:
        MemberFailed: One cannot predict these rows.
    """
    members = predictor.ensemble.members
    found: dict[int, WrittenMember] = {}
    limiter = anyio.CapacityLimiter(predictor.workers)

    async def write(place: int, resident: ResidentMember) -> None:
        async with limiter:
            name = members[place].candidate
            found[place] = await write_member(name, resident, frame, predictor)

    async with anyio.create_task_group() as tasks:
        for place, resident in enumerate(predictor.residents()):
            tasks.start_soon(write, place, resident)
    return [found[place] for place in range(len(members))]


async def _run(
    program: WorkerProgram,
    mode: str,
    model: bytes,
    x: SealedBuffer,
    predictor: Predictor,
) -> JobSuccess | JobFailure:
    asked = program.model_copy(update={"mode": mode, "keeps_model": mode == "state"})
    with SealedBuffer.from_bytes(model) as handed:
        inputs = {"x": x, "model_0": handed}
        return await predictor.pool.run(asked, inputs, predictor.limits)


def _predicted(name: str, outcome: JobSuccess | JobFailure) -> JobSuccess:
    if isinstance(outcome, JobFailure):
        raise MemberFailed(f"{name} failed to predict: {outcome.message}")
    return outcome


def _reason(failure: JobFailure) -> str:
    return " ".join(failure.message.split()) or failure.kind
