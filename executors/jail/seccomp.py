"""The system-call filter: a small classic BPF program, installed last."""

import ctypes
import errno
import functools
import platform
import struct
from collections.abc import Sequence
from typing import NamedTuple

from executors.jail.kernel import system_call
from executors.jail.policy import Condition, Rule, rules_for
from executors.jail.syscalls import (
    LAST_KNOWN_NUMBER,
    Architecture,
    architecture_named,
    number_of,
)

INSTRUCTION_BYTES = 8
_NUMBER_OFFSET, _ARCHITECTURE_OFFSET, _ARGUMENTS_OFFSET = 0, 4, 16
_ARGUMENT_BYTES = 8

_LOAD = 0x20
_JUMP = 0x05
_IF_EQUAL = 0x15
_IF_GREATER = 0x25
_IF_ANY_BIT = 0x45
_RETURN = 0x06

_ALLOW = 0x7FFF0000
_ERROR = 0x00050000
_KILL_PROCESS = 0x80000000

# Calls of the x32 flavour of x86_64 carry this bit; nothing honest makes them.
_X32_BIT = 0x40000000
_SET_MODE_FILTER = 1
_ALL_THREADS = 1


class Instruction(NamedTuple):
    """One BPF instruction; jumps count the instructions that are left out."""

    code: int
    value: int
    if_true: int = 0
    if_false: int = 0

    def packed(self) -> bytes:
        """Return it as the kernel reads it."""
        return struct.pack("HBBI", self.code, self.if_true, self.if_false, self.value)


def install(own_process: int) -> None:
    """Filter the system calls of all threads of this process, for good.

    Args:
        own_process: The process id that calls on itself may name.

    Raises:
        OSError: The kernel has no such filters, or the architecture is not known.
    """
    program = program_for(own_process)
    code = ctypes.create_string_buffer(program, len(program))
    length = len(program) // INSTRUCTION_BYTES
    header = struct.pack("HxxxxxxQ", length, ctypes.addressof(code))
    system_call("seccomp", number_of("seccomp"), _SET_MODE_FILTER, _ALL_THREADS, header)


@functools.cache
def program_for(own_process: int) -> bytes:
    """Return the filter for this machine.

    Raises:
        OSError: The architecture is not known.
    """
    here = architecture_named(platform.machine())
    if here is None:
        reason = f"no table of system calls for {platform.machine()}"
        raise OSError(errno.ENOSYS, reason)
    return assemble(here, rules_for(own_process))


def assemble(here: Architecture, rules: Sequence[Rule]) -> bytes:
    """Return the filter for an architecture."""
    program = [
        Instruction(_LOAD, _ARCHITECTURE_OFFSET),
        Instruction(_IF_EQUAL, here.audit, if_true=1),
        Instruction(_RETURN, _KILL_PROCESS),
        Instruction(_LOAD, _NUMBER_OFFSET),
        Instruction(_IF_ANY_BIT, _X32_BIT, if_false=1),
        Instruction(_RETURN, _KILL_PROCESS),
        Instruction(_IF_GREATER, LAST_KNOWN_NUMBER, if_false=1),
        Instruction(_RETURN, _ERROR | errno.ENOSYS),
    ]
    for rule in rules:
        if rule.name in here.numbers:
            program += _rule(here.numbers[rule.name], rule)
    program.append(Instruction(_RETURN, _ALLOW))
    return b"".join(instruction.packed() for instruction in program)


def _rule(number: int, rule: Rule) -> list[Instruction]:
    """Return the instructions for one call; every other call jumps over them."""
    body = [Instruction(_RETURN, _ERROR | rule.error)]
    if rule.allowed_if:
        body.insert(0, Instruction(_RETURN, _ALLOW))
    for test in reversed(rule.allowed_if):
        body = _condition(test, refusal=len(body) - 1) + body
    return [Instruction(_IF_EQUAL, number, if_false=len(body)), *body]


def _condition(test: Condition, refusal: int) -> list[Instruction]:
    """Return a test that goes on if it holds.

    Args:
        test: The condition.
        refusal: How many instructions lie between its end and the refusal.
    """
    load = Instruction(_LOAD, _ARGUMENTS_OFFSET + _ARGUMENT_BYTES * test.argument)
    last = len(test.values) - 1
    match test.kind:
        case "is one of":
            checks = [
                Instruction(_IF_EQUAL, value, if_true=last - place + 1)
                for place, value in enumerate(test.values)
            ]
            return [load, *checks, Instruction(_JUMP, refusal)]
        case "is none of":
            checks = [
                Instruction(_IF_EQUAL, value, if_true=last - place + refusal)
                for place, value in enumerate(test.values)
            ]
            return [load, *checks]
        case "has":
            return [load, Instruction(_IF_ANY_BIT, test.values[0], if_false=refusal)]
        case "lacks":
            return [load, Instruction(_IF_ANY_BIT, test.values[0], if_true=refusal)]
        case "has only with":
            first, second = test.values
            return [
                load,
                Instruction(_IF_ANY_BIT, first, if_false=1),
                Instruction(_IF_ANY_BIT, second, if_false=refusal),
            ]
