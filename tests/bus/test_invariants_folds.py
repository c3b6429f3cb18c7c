"""R11 and R16: a journal is read in any parts, and in the same memory however long."""

import copy
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bus.agent import Agent, Statement, Voice
from bus.bus import Bus
from bus.history import History
from bus.journal import JournalWriter, read_journal
from bus.open_effects import OpenEffects
from bus.reactor import Reactor
from bus.replay import Replayer
from schemas.envelope import Envelope
from schemas.inputs import Tick
from schemas.sayings import LoopClosed
from schemas.settings import RunSettings
from tests.bus.conftest import Crew, fit_finished, make_history, run_started

HISTORY = make_history(
    [Crew(jobs=3, more=2)],
    [run_started(), *(fit_finished(score) for score in (0.1, 0.2, 0.3))],
)


@pytest.mark.parametrize("cut", range(1, len(HISTORY)))
def test_r11_a_fold_can_be_interrupted_anywhere(cut: int) -> None:
    whole, part = OpenEffects(), OpenEffects()
    history = History(Reactor(Bus([Crew(jobs=3, more=2)])))
    for event in HISTORY:
        whole.take(event)
    for event in HISTORY[:cut]:
        part.take(event)
        history.feed(event)

    snapshot, later = copy.deepcopy(part), copy.deepcopy(history)
    for event in HISTORY[cut:]:
        snapshot.take(event)
        later.feed(event)

    assert snapshot == whole
    assert later.unsaid() == []


class Counting:
    """Answers ticks; it remembers how many."""

    name = "counting"
    hears = frozenset({Tick})

    def __init__(self) -> None:
        self.heard = 0

    def decide(self, event: Envelope) -> Sequence[Statement]:
        self.heard += 1
        return [Voice(self.name, 0).say(LoopClosed(reason=f"tick {self.heard}"))]


def long_journal(path: Path, ticks: int) -> Path:
    def inputs() -> Iterator[Envelope]:
        reactor, seq = Reactor(Bus([Counting()])), 0
        for number in range(ticks + 1):
            body = Tick(elapsed_seconds=number) if number else run_started()
            event = Envelope(
                run="r1", session=0, seq=seq, io="in", body=body, src="clock", t=number
            )
            said = reactor.react(event)
            seq += 1 + len(said)
            yield from [event, *said]

    with JournalWriter(path) as journal:
        for event in inputs():
            journal.append([event])
    return path


def peak_of_replay(path: Path) -> int:
    def build(_: RunSettings) -> Sequence[Agent]:
        return [Counting()]

    tracemalloc.start()
    Replayer(build).verify(read_journal(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_r16_a_replay_takes_no_more_memory_for_a_longer_journal(tmp_path: Path) -> None:
    short, long = long_journal(tmp_path / "s", 300), long_journal(tmp_path / "l", 6000)
    peak_of_replay(short)

    # The parser remembers up to 16,384 short strings; all events would take 20 MB.
    assert peak_of_replay(long) < peak_of_replay(short) + 2 * 1024**2
