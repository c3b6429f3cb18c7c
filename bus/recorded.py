"""Answers effects from the journal of another run, as long as the same is asked."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from bus.effects import EffectRunner, Outcome
from schemas.envelope import Envelope, Input
from schemas.inputs import (
    EffectCancelled,
    EffectFailed,
    HoldoutScored,
    PrepareFailed,
    ProposeFailed,
    TablePrepared,
)

RECORD = "record"
NO_ANSWERS = (EffectCancelled, EffectFailed, ProposeFailed)
"""What was taken back or could not be done is worth another try."""
LEFT_IN_FOLDER = (TablePrepared, PrepareFailed, HoldoutScored)
"""What these effects do is found in a run's folder, so no record can take their place."""


class Asked(NamedTuple):
    """What tells that two effects are the same: who asked for what, and the request."""

    key: str
    request_hash: str


Answers = Mapping[Asked, Input]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, ser_json_inf_nan="constants")

    key: str
    request_hash: str
    body: Input = Field(discriminator="kind")


def find_answers(events: Iterable[Envelope]) -> Iterator[tuple[Asked, Input]]:
    """Yield the outcomes in a journal that can answer the same request once more."""
    for event in events:
        body = event.body
        if (
            event.key is not None
            and event.request_hash is not None
            and isinstance(body, Input)
            and not isinstance(body, NO_ANSWERS + LEFT_IN_FOLDER)
        ):
            yield Asked(event.key, event.request_hash), body


def keep_answers(path: Path, answers: Answers) -> None:
    """Write answers down, so that they are still known after a crash."""
    with path.open("w", encoding="utf-8") as file:
        for asked, body in answers.items():
            line = _Line(key=asked.key, request_hash=asked.request_hash, body=body)
            file.write(line.model_dump_json() + "\n")


def read_answers(path: Path) -> Answers:
    """Read what `keep_answers` wrote; nothing if there is no such file."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8") as file:
        lines = [_Line.model_validate_json(line) for line in file]
    return {Asked(line.key, line.request_hash): line.body for line in lines}


class RecordedEffects:
    """Carries out only what the record does not know; what it knows costs nothing.

    Args:
        answers: The record.
        runner: Carries out the rest.
    """

    def __init__(self, answers: Answers, runner: EffectRunner) -> None:
        self._answers = answers
        self._runner = runner

    async def run(self, command: Envelope) -> Outcome:
        """Answer from the record, or carry the command out."""
        asked = Asked(command.key or "", command.request_hash or "")
        known = self._answers.get(asked)
        if known is None:
            return await self._runner.run(command)
        return Outcome(known, src=RECORD)
