"""One line of `events.jsonl`: a message with its place, its causes and its chain."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from schemas import commands, inputs, sayings
from schemas.base import Frozen

Input = (
    inputs.RunStarted
    | inputs.SessionStarted
    | inputs.RunContinued
    | inputs.WorkersReady
    | inputs.TablePrepared
    | inputs.PrepareFailed
    | inputs.Proposed
    | inputs.ProposeFailed
    | inputs.FitFinished
    | inputs.FeatureFinished
    | inputs.Examined
    | inputs.ErrorsStudied
    | inputs.AblationPlanned
    | inputs.JobFailed
    | inputs.Combined
    | inputs.CombineFailed
    | inputs.HoldoutScored
    | inputs.Diagnosed
    | inputs.EffectFailed
    | inputs.EffectCancelled
    | inputs.Tick
    | inputs.CancelRequested
)

Command = (
    commands.PrepareTable
    | commands.Propose
    | commands.RunJob
    | commands.Examine
    | commands.StudyErrors
    | commands.PlanAblation
    | commands.Combine
    | commands.ScoreHoldout
    | commands.Diagnose
)

Saying = (
    sayings.TaskReady
    | sayings.LoopOpened
    | sayings.LoopClosed
    | sayings.CandidateDrafted
    | sayings.TrialStarted
    | sayings.TrialScored
    | sayings.TrialFailed
    | sayings.RepairReady
    | sayings.RepairRefused
    | sayings.Verdict
    | sayings.CandidatePooled
    | sayings.ProgramFailed
    | sayings.ProgramMended
    | sayings.FeatureJudged
    | sayings.ViewAccepted
    | sayings.PoolFiltered
    | sayings.StrategyDropped
    | sayings.ErrorsFound
    | sayings.CandidateAblated
    | sayings.EnsembleChosen
    | sayings.NoEnsemble
    | sayings.ModelingFinished
    | sayings.ExplorationClosed
    | sayings.CancelEffects
    | sayings.RunFinished
    | sayings.RunCrashed
)

Output = Command | Saying
Message = Annotated[Input | Output, Field(discriminator="kind")]


LAYOUT: Literal[2] = 2
"""Grows with every change of an envelope or a kind after which older lines would be misread;
`bus/upcasting.py` then says how these become what they are now."""


class Cost(Frozen):
    """What an effect took, so that budgets replay exactly.

    Attributes:
        cpu_seconds: Processor time of worker processes.
        peak_bytes: Largest memory of a worker process beyond the preloaded libraries.
        calls: Requests to language models.
        tokens: Tokens sent to and received from them.
        money: In US dollars.
        answer_seconds: Time spent waiting for their answers.
    """

    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    calls: int = 0
    tokens: int = 0
    money: float = 0.0
    answer_seconds: float = 0.0


class Envelope(Frozen):
    """A message as it stands in the journal.

    Attributes:
        v: Version of the layout of envelopes and of all kinds of messages.
        run: Id of the run.
        session: 0 for the first process that worked on the run, +1 for each resume.
        seq: Dense from 0: the only order there is.
        io: `in` is recorded and fed again on replay, `out` is derived and compared.
        body: The message itself; `kind` in it says which.
        parent: Sequence number of the event that made its sender speak; None for inputs that
            answer no command.
        causes: Further events that it joins.
        loop: The candidate loop it belongs to.
        src: Who said it.
        dst: The only agent that hears it, or None for all that subscribed to its kind.
        key: Identity of the effect that a command asks for, or that an input answers.
        attempt: How often this effect was asked for before.
        request_hash: Hash of the command's body, echoed on its outcome.
        t: Nanoseconds since the epoch, stamped on inputs; outputs carry their input's.
        duration: Seconds that the answered effect took.
        cost: What it took otherwise.
        chain: Hash over the previous line's chain and this line.
    """

    v: Literal[2] = LAYOUT
    run: str
    session: int
    seq: int
    io: Literal["in", "out"]
    body: Message
    parent: int | None = None
    causes: tuple[int, ...] = ()
    loop: str | None = None
    src: str
    dst: str | None = None
    key: str | None = None
    attempt: int = 0
    request_hash: str | None = None
    t: int
    duration: float | None = None
    cost: Cost | None = None
    chain: str = ""


ENVELOPE: TypeAdapter[Envelope] = TypeAdapter(Envelope)
