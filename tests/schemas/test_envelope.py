"""One line of the journal: every kind of message survives it, and nothing else enters."""

from collections.abc import Iterator
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas import commands, inputs, sayings
from schemas.base import Frozen
from schemas.envelope import ENVELOPE, Command, Envelope, Input, Message, Saying
from schemas.inputs import Tick

UNION, _ = get_args(Message)
KINDS: tuple[type[Frozen], ...] = get_args(UNION)
PLACE = {"run": "r", "session": 0, "seq": 0, "io": "in", "src": "test", "t": 0}


def strings_under(name: str, schema: object) -> Iterator[str]:
    """All values of one key, anywhere in a core schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get(name), str):
            yield schema[name]
        for value in schema.values():
            yield from strings_under(name, value)
    elif isinstance(schema, list | tuple):
        for value in schema:
            yield from strings_under(name, value)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_message_is_read_as_it_was_written(kind: type[Frozen]) -> None:
    @settings(max_examples=8)
    @given(body=st.from_type(kind))
    def check(body: Frozen) -> None:
        written = ENVELOPE.dump_json(Envelope.model_validate({**PLACE, "body": body}))
        read = ENVELOPE.validate_json(written)
        assert type(read.body) is kind
        assert ENVELOPE.dump_json(read) == written

    check()


@settings(max_examples=50)
@given(event=st.from_type(Envelope))
def test_every_envelope_is_read_as_it_was_written(event: Envelope) -> None:
    written = ENVELOPE.dump_json(event)

    assert ENVELOPE.dump_json(ENVELOPE.validate_json(written)) == written


def test_every_message_is_an_input_or_a_command_or_a_saying() -> None:
    parts = [set(get_args(union)) for union in (Input, Command, Saying)]

    assert set.union(*parts) == set(KINDS)
    assert sum(len(part) for part in parts) == len(KINDS)


def test_each_part_has_a_module_of_its_own() -> None:
    homes = [
        {kind.__module__ for kind in get_args(union)}
        for union in (Input, Command, Saying)
    ]

    assert homes == [{inputs.__name__}, {commands.__name__}, {sayings.__name__}]


def test_no_two_messages_have_the_same_kind() -> None:
    names = {kind.model_fields["kind"].default for kind in KINDS}

    assert len(names) == len(KINDS)


def test_messages_are_told_apart_by_kind_and_never_by_trial() -> None:
    types = set(strings_under("type", ENVELOPE.core_schema))

    assert "tagged-union" in types
    assert "union" not in types


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"body": {"kind": "gossip"}}, "union_tag_invalid"),
        ({"body": {"elapsed_seconds": 1.0}}, "union_tag_not_found"),
        ({"body": {"kind": "tick", "elapsed_seconds": 1.0, "x": 1}}, "extra_forbidden"),
        ({"body": {"kind": "tick"}}, "missing"),
        ({"mood": "fine"}, "extra_forbidden"),
        ({"v": 1}, "literal_error"),
        ({"io": "obs"}, "literal_error"),
    ],
)
def test_what_is_no_line_of_a_journal_is_refused(
    change: dict[str, object], complaint: str
) -> None:
    good = {**PLACE, "body": {"kind": "tick", "elapsed_seconds": 1.0}}
    ENVELOPE.validate_python(good)

    with pytest.raises(ValidationError) as caught:
        ENVELOPE.validate_python(good | change)

    assert {error["type"] for error in caught.value.errors()} == {complaint}


def test_an_envelope_never_changes() -> None:
    event = Envelope.model_validate({**PLACE, "body": Tick(elapsed_seconds=1.0)})

    with pytest.raises(ValidationError, match="frozen"):
        event.seq = 1  # type: ignore[misc]


def test_the_chain_is_the_last_field_because_the_journal_writes_it_in_afterwards() -> (
    None
):
    assert list(Envelope.model_fields)[-1] == "chain"
    event = Envelope.model_validate({**PLACE, "body": Tick(elapsed_seconds=1.0)})
    assert ENVELOPE.dump_json(event).endswith(b'"chain":""}')
