"""R7 and R10: outcomes in any order, and messages in the order of their saying."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from bus.agent import Statement, Voice
from bus.bus import Bus
from bus.reactor import Reactor
from bus.replay import Replayer
from schemas.envelope import Envelope
from schemas.inputs import FitFinished
from schemas.sayings import LoopClosed
from tests.bus.conftest import Crew, fit_finished, make_history, outcome_of, run_started


@given(order=st.permutations(range(5)))
@settings(max_examples=30, deadline=None)
def test_r7_any_order_of_outcomes_replays_to_its_own_story(order: list[int]) -> None:
    """And what does not depend on the order is the same for all: here, the best score."""
    reactor = Reactor(Bus([Crew(jobs=5)]))
    first = make_history([Crew(jobs=5)], [run_started()])
    commands = [event for event in first if event.key]
    events = [first[0], *reactor.react(first[0])]
    for place in order:
        command = commands[place]
        outcome = Envelope(
            run="r1",
            session=0,
            seq=len(events),
            io="in",
            body=outcome_of(command).body,
            parent=command.seq,
            src="test",
            dst=command.src,
            loop=command.loop,
            key=command.key,
            request_hash=command.request_hash,
            t=5,
        )
        events += [outcome, *reactor.react(outcome)]

    Replayer(lambda _: [Crew(jobs=5)]).verify(iter(events))

    scores = [e.body.report.score for e in events if isinstance(e.body, FitFinished)]
    expected = [outcome_of(c).body for c in commands]
    assert max(scores) == max(
        body.report.score for body in expected if isinstance(body, FitFinished)
    )


def test_r10_messages_of_a_loop_are_heard_in_the_order_in_which_they_were_said() -> (
    None
):
    @dataclass
    class Echo:
        name: str
        hears: frozenset[type] = frozenset({LoopClosed})
        heard: dict[str | None, list[int]] = field(
            default_factory=lambda: defaultdict(list)
        )

        def decide(self, event: Envelope) -> Sequence[Statement]:
            self.heard[event.loop].append(event.seq)
            return ()

    class Talker(Crew):
        def decide(self, event: Envelope) -> Sequence[Statement]:
            voice = Voice(self.name, 0)
            words = [
                voice.say(LoopClosed(reason=str(number)), f"c{number % 3}")
                for number in range(6)
            ]
            return [*words, *super().decide(event)]

    first, second = Echo("first"), Echo("second")
    make_history([first, Talker(jobs=1), second], [run_started(), fit_finished(0.5)])

    assert first.heard == second.heard
    assert len(first.heard) == 3
    assert all(seqs == sorted(seqs) for seqs in first.heard.values())
