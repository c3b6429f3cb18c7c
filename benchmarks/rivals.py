"""Compares a message through our core, with its journal line, to two other agent runtimes.

The other runtimes are no dependencies of ours: make an environment of their own with
`pip install --group benchmark`, and run this from the root with its Python:
`python benchmarks/rivals.py [--rounds 3]`. All contenders publish the same content to one
agent that counts it. Rounds are interleaved, and the best one of each counts, because
others may use the machine as well. Ours alone writes anything: every event is a chained
line that is handed to the system before the next one is heard.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import anyio
from autogen_core import (
    AgentId,
    MessageContext,
    RoutedAgent,
    SingleThreadedAgentRuntime,
    TopicId,
    TypeSubscription,
    message_handler,
)
from published import publish
from pydantic import BaseModel
from workflows import Context, Workflow, step
from workflows.events import Event, StartEvent, StopEvent

from bus.agent import Statement, Voice
from bus.bus import Bus
from bus.core import Core, Mode
from bus.effects import Arrival, EffectsForbidden
from bus.journal import JournalWriter
from bus.launcher import Capacity
from schemas.base import Frozen
from schemas.envelope import Envelope
from schemas.inputs import HoldoutScored, RunStarted
from schemas.sayings import RunFinished
from schemas.settings import RunSettings, TableSettings

SCORES = {"roc_auc": 0.9, "log_loss": 0.3, "accuracy": 0.8, "brier": 0.1}
SETTINGS = RunSettings(tables=TableSettings(table="none.csv"), trials=3)
EVENTS = {"sage-loop": 20_000, "autogen-core": 4_000, "llama-index-workflows": 400}
WANTED_RATIOS = {"autogen-core": 4.0, "llama-index-workflows": 15.0}


class Counter:
    """Counts what it hears, and ends the run."""

    name = "counter"
    hears: frozenset[type[Frozen]] = frozenset({HoldoutScored})

    def __init__(self, events: int) -> None:
        self._left = events
        self._voice = Voice(self.name, seed=0)

    def decide(self, event: Envelope) -> Sequence[Statement]:
        """Say nothing, but for the last word."""
        self._left -= 1
        return [] if self._left else [self._voice.say(RunFinished(status="done"))]


async def ours(events: int) -> None:
    """Through the inbox, the core, an agent and the journal."""
    with (
        tempfile.TemporaryDirectory() as folder,
        JournalWriter(Path(folder) / "events.jsonl") as journal,
    ):
        mode = Mode(is_reproducible=False, capacity=Capacity(workers=1))
        bus = Bus([Counter(events)])
        core = Core("r", bus, journal, EffectsForbidden(), mode, time.time_ns)
        opening = RunStarted(settings=SETTINGS, versions=(), fingerprint="")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(core.run, opening)
            for number in range(events):
                body = HoldoutScored(scores=tuple(SCORES.items()), opening=number)
                await core.tell(Arrival(body, src="user"))


class Scored(BaseModel):
    """The same content for the other runtimes."""

    opening: int
    scores: dict[str, float]


class CountingAgent(RoutedAgent):
    """Counts what it hears."""

    def __init__(self) -> None:
        super().__init__("counts")
        self.heard = 0

    @message_handler
    async def take(self, message: Scored, ctx: MessageContext) -> None:
        """Count a message."""
        self.heard += 1


async def autogen(events: int) -> None:
    """Publish to one agent and wait until all is handled."""
    runtime = SingleThreadedAgentRuntime()
    await CountingAgent.register(runtime, "counting", CountingAgent)
    await runtime.add_subscription(TypeSubscription("scores", "counting"))
    runtime.start()
    topic = TopicId("scores", "one")
    for number in range(events):
        message = Scored(opening=number, scores=dict(SCORES))
        await runtime.publish_message(message, topic)
    await runtime.stop_when_idle()
    agent = await runtime.try_get_underlying_agent_instance(
        AgentId("counting", "one"), CountingAgent
    )
    if agent.heard != events:
        raise RuntimeError(f"{agent.heard} of {events} messages were heard")


class ScoredEvent(Event):
    """The same content once more."""

    opening: int
    scores: dict[str, float]


class CountingWorkflow(Workflow):
    """A step that sends and a step that counts."""

    def __init__(self, events: int) -> None:
        super().__init__(timeout=None)
        self._wanted = events
        self._counted = 0

    @step
    async def send(self, ctx: Context, ev: StartEvent) -> ScoredEvent | None:
        """Send every event."""
        for number in range(self._wanted):
            ctx.send_event(ScoredEvent(opening=number, scores=dict(SCORES)))
        return None

    @step(num_workers=1)
    async def take(self, ctx: Context, ev: ScoredEvent) -> StopEvent | None:
        """Count an event, and end with the last."""
        self._counted += 1
        return StopEvent() if self._counted == self._wanted else None


async def workflows(events: int) -> None:
    """One run of a workflow."""
    await CountingWorkflow(events).run()


CONTENDERS: dict[str, Callable[[int], Awaitable[None]]] = {
    "sage-loop": ours,
    "autogen-core": autogen,
    "llama-index-workflows": workflows,
}


class Cost(NamedTuple):
    """What one event takes, in microseconds."""

    wall: float
    processor: float


def measure(name: str) -> Cost:
    """One round of a contender."""
    events = EVENTS[name]
    wall, processor = time.perf_counter(), time.process_time()
    anyio.run(CONTENDERS[name], events)
    return Cost(
        1e6 * (time.perf_counter() - wall) / events,
        1e6 * (time.process_time() - processor) / events,
    )


def main() -> None:
    """Measure in interleaved rounds and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="the best one counts")
    rounds = parser.parse_args().rounds
    costs: dict[str, list[Cost]] = {name: [] for name in CONTENDERS}
    for _ in range(rounds):
        for name in CONTENDERS:
            costs[name].append(measure(name))
    best = {
        n: Cost(*(min(each) for each in zip(*c, strict=True))) for n, c in costs.items()
    }
    rows = [_row(name, cost, best["sage-loop"]) for name, cost in best.items()]
    publish(
        "A message to one agent, beside other runtimes",
        ("runtime", "wall us", "processor us", "events/s", "ratio", "at least"),
        rows,
        notes=(
            f"best of {rounds} interleaved rounds; the ratio is of processor time",
            "ours alone writes anything: a chained line an event, flushed",
        ),
        packages=("autogen-core", "llama-index-workflows", "anyio", "pydantic"),
    )


def _row(name: str, cost: Cost, ours: Cost) -> tuple[str, ...]:
    wanted = WANTED_RATIOS.get(name)
    return (
        name,
        f"{cost.wall:.1f}",
        f"{cost.processor:.1f}",
        f"{1e6 / cost.wall:,.0f}",
        f"{cost.processor / ours.processor:.1f}",
        "" if wanted is None else f"{wanted:.0f}",
    )


if __name__ == "__main__":
    main()
