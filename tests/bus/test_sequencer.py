"""In which order outcomes are heard."""

from hypothesis import given
from hypothesis import strategies as st

from bus.effects import Arrival
from bus.sequencer import AsIssued, AsTheyCome
from schemas.inputs import CancelRequested, EffectCancelled

KEYS = tuple("abcdefgh")


def arrival(key: str | None) -> Arrival:
    return Arrival(EffectCancelled(), src="effects", key=key)


def test_outcomes_are_heard_as_they_come_where_the_clock_rules() -> None:
    sequencer = AsTheyCome()
    for key in KEYS:
        sequencer.issued(key)

    heard = [ready.key for key in "cab" for ready in sequencer.accept(arrival(key))]

    assert heard == ["c", "a", "b"]


@given(order=st.permutations(KEYS))
def test_outcomes_are_heard_as_issued_whatever_order_they_arrive_in(
    order: list[str],
) -> None:
    sequencer = AsIssued()
    for key in KEYS:
        sequencer.issued(key)

    batches = [list(sequencer.accept(arrival(key))) for key in order]

    assert [ready.key for batch in batches for ready in batch] == list(KEYS)
    for end, batch in enumerate(batches, start=1):
        missing = [key for key in KEYS if key not in order[:end]]
        heard = sum(map(len, batches[:end]))
        assert heard == (KEYS.index(missing[0]) if missing else len(KEYS))
        assert all(ready.key in order[:end] for ready in batch)


@given(data=st.data())
def test_effects_that_are_issued_while_others_are_out_take_their_place_at_the_end(
    data: st.DataObject,
) -> None:
    sequencer = AsIssued()
    waiting, out, heard = list(KEYS), set[str](), list[str | None]()
    while waiting or out:
        if waiting and (not out or data.draw(st.booleans(), "issues")):
            out.add(waiting[0])
            sequencer.issued(waiting.pop(0))
        else:
            key = data.draw(st.sampled_from(sorted(out)), "arrives")
            out.remove(key)
            heard += [ready.key for ready in sequencer.accept(arrival(key))]

    assert heard == list(KEYS)


def test_an_effect_that_is_issued_while_an_outcome_is_heard_is_waited_for() -> None:
    sequencer = AsIssued()
    sequencer.issued("a")

    for ready in sequencer.accept(arrival("a")):
        assert ready.key == "a"
        sequencer.issued("b")

    assert [ready.key for ready in sequencer.accept(arrival("b"))] == ["b"]


def test_what_answers_no_effect_is_never_held_back() -> None:
    sequencer = AsIssued()
    sequencer.issued("a")
    wish = Arrival(CancelRequested(reason="SIGINT"), src="user")

    assert list(sequencer.accept(wish)) == [wish]


def test_what_was_issued_outside_of_the_order_is_heard_as_it_comes() -> None:
    sequencer = AsIssued()
    sequencer.issued("a")

    heard = [ready.key for key in "xa" for ready in sequencer.accept(arrival(key))]

    assert heard == ["x", "a"]
