"""The filter, run instruction by instruction as the kernel would."""

import errno
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executors.jail.policy import Condition, Rule, rules_for
from executors.jail.seccomp import assemble
from executors.jail.syscalls import SYSTEM_CALLS, Architecture, architecture_named

ALLOWED = 0x7FFF0000
KILLED = 0x80000000
REFUSED = 0x00050000
OWN = 77


def verdict(
    program: bytes, number: int, *arguments: int, audit: int = 0xC000003E
) -> int:
    """Interpret a filter for one call."""
    padded = (*arguments, *[0] * (6 - len(arguments)))
    data = struct.pack("=IIQ6Q", number & 0xFFFFFFFF, audit, 0, *padded)
    code = [struct.unpack_from("HBBI", program, at) for at in range(0, len(program), 8)]
    place = word = 0
    while True:
        operation, if_true, if_false, value = code[place]
        place += 1
        match operation:
            case 0x20:
                (word,) = struct.unpack_from("=I", data, value)
            case 0x15:
                place += if_true if word == value else if_false
            case 0x25:
                place += if_true if word > value else if_false
            case 0x45:
                place += if_true if word & value else if_false
            case 0x05:
                place += value
            case 0x06:
                return int(value)
            case _:
                raise AssertionError(operation)


def here() -> Architecture:
    found = architecture_named("x86_64")
    assert found is not None
    return found


PROGRAM = assemble(here(), rules_for(OWN))


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("fork", (), errno.EPERM),
        ("execve", (), errno.EPERM),
        ("clone", (17,), errno.EPERM),
        ("clone", (0x10F00 | 0x40000000,), errno.EPERM),
        ("clone", (0x3D0F00,), None),
        ("clone3", (), errno.ENOSYS),
        ("kill", (OWN, 9), None),
        ("kill", (OWN + 1, 9), errno.EPERM),
        ("kill", (2**32 - 1, 9), errno.EPERM),
        ("prlimit64", (0,), None),
        ("prlimit64", (OWN,), None),
        ("prlimit64", (1,), errno.EPERM),
        ("setpriority", (0, 0), None),
        ("setpriority", (0, 1), errno.EPERM),
        ("fcntl", (3, 3), None),
        ("fcntl", (3, 8), errno.EPERM),
        ("fcntl", (3, 1033), None),
        ("ioctl", (0, 0x5412), errno.EPERM),
        ("ioctl", (0, 0x5412 | 7 << 32), errno.EPERM),
        ("ioctl", (0, 0x5401), None),
        ("openat", (0, 0, 0x410000), errno.EOPNOTSUPP),
        ("openat", (0, 0, 0x10000), None),
        ("openat", (0, 0, 0x200), errno.EOPNOTSUPP),
        ("openat", (0, 0, 0x201), None),
        ("openat", (0, 0, 0x242), None),
        ("open", (0, 0x200), errno.EOPNOTSUPP),
        ("open", (0, 0x241), None),
        ("open", (0, 0), None),
        ("truncate", (), errno.EPERM),
        ("open_tree_attr", (), errno.EPERM),
        ("file_setattr", (), errno.EPERM),
        ("setxattrat", (), 0),
        ("removexattrat", (), 0),
        ("chmod", (), 0),
        ("prctl", (15,), None),
        ("prctl", (36,), errno.EPERM),
    ],
)
def test_a_call_is_let_through_or_refused(
    name: str, arguments: tuple[int, ...], error: int | None
) -> None:
    found = verdict(PROGRAM, here().numbers[name], *arguments)

    assert found == (ALLOWED if error is None else REFUSED | error)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_no_call_that_changes_a_file_by_its_name_is_left_open(machine: str) -> None:
    """Numbers of the kernel's tables, the newest of which both architectures share."""
    known = architecture_named(machine)
    assert known is not None
    program = assemble(known, rules_for(OWN))
    truncate = {"x86_64": 76, "aarch64": 45}[machine]

    for number in (truncate, 467, 469):
        refused = verdict(program, number, audit=known.audit)
        assert refused == REFUSED | errno.EPERM
    for number in (463, 466):
        assert verdict(program, number, audit=known.audit) == REFUSED
    assert verdict(program, truncate + 1, audit=known.audit) == ALLOWED


def test_other_architectures_end_the_process_and_newer_calls_are_unknown() -> None:
    assert verdict(PROGRAM, 39, audit=0x40000003) == KILLED
    assert verdict(PROGRAM, 39 | 0x40000000) == KILLED
    assert verdict(PROGRAM, 470) == REFUSED | errno.ENOSYS
    assert verdict(PROGRAM, 39) == ALLOWED


WORDS = st.integers(0, 2**32 - 1)
VALUES = st.integers(0, 9)
LISTS = st.builds(
    Condition,
    argument=st.integers(0, 5),
    kind=st.sampled_from(["is one of", "is none of", "has", "lacks"]),
    values=st.lists(VALUES, min_size=1, max_size=5).map(tuple),
)
PAIRS = st.builds(
    Condition,
    argument=st.integers(0, 5),
    kind=st.just("has only with"),
    values=st.tuples(VALUES, VALUES),
)


@given(
    st.lists(st.one_of(LISTS, PAIRS), max_size=4),
    st.lists(st.one_of(VALUES, WORDS), min_size=6, max_size=6),
)
def test_a_rule_allows_exactly_what_passes_all_its_tests(
    tests: list[Condition], arguments: list[int]
) -> None:
    def passes(test: Condition) -> bool:
        word = arguments[test.argument]
        match test.kind:
            case "is one of":
                return word in test.values
            case "is none of":
                return word not in test.values
            case "has":
                return bool(word & test.values[0])
            case "lacks":
                return not word & test.values[0]
            case "has only with":
                return not word & test.values[0] or bool(word & test.values[1])

    rule = Rule("fork", errno.EPERM, tuple(tests))
    program = assemble(here(), [rule])

    is_allowed = bool(tests) and all(map(passes, tests))
    expected = ALLOWED if is_allowed else REFUSED | errno.EPERM
    assert verdict(program, here().numbers["fork"], *arguments) == expected


def test_every_rule_names_a_call_that_the_table_knows() -> None:
    assert {rule.name for rule in rules_for(1)} <= set(SYSTEM_CALLS)
    names = [rule.name for rule in rules_for(1)]
    assert len(names) == len(set(names))


def test_an_unknown_architecture_has_no_table() -> None:
    assert architecture_named("riscv64") is None
    assert architecture_named("aarch64") is not None
