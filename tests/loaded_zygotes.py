"""Zygotes for tests in one process: real ones, but forked from one that has its libraries.

Loading them takes a zygote longer than most tests take for the rest.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from unittest.mock import patch

from executors import zygote_process
from executors.zygote_process import start_process

FORK_SECONDS = 60
LONGEST_REQUEST_BYTES = 4096
TEMPLATE = """
import json, os, signal, socket, sys
from executors import zygote
from executors.jail import kernel
from executors.preload import preload

kernel.die_with_parent()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
asked = socket.socket(fileno=int(sys.argv[1]))
asked.set_inheritable(False)
preload()
while True:
    content, descriptors, *_ = socket.recv_fds(asked, 4096, 2)
    if not content:
        break
    control, log = descriptors
    process = os.fork()
    if process == 0:
        asked.close()
        os.setsid()
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)
        sys.argv = ["zygote", str(control), *json.loads(content)]
        zygote.main()
        os._exit(0)
    os.close(control)
    os.close(log)
    asked.send(str(process).encode())
"""
"""Forks a zygote for each request, and ends with the process that started it."""


class ForkedProcess:
    """What a zygote's host needs to know of a process that is not its own child."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._handle = os.pidfd_open(pid)

    def __del__(self) -> None:
        os.close(self._handle)

    def kill(self) -> None:
        if not self._has_ended(0):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        if not self._has_ended(timeout):
            raise subprocess.TimeoutExpired(["zygote"], timeout or 0)
        return 0

    def _has_ended(self, seconds: float | None) -> bool:
        return bool(select.select([self._handle], [], [], seconds)[0])


class Template:
    """A process that has loaded everything, and forks zygotes.

    Args:
        environment: What all of its zygotes have.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._asking, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._asking.settimeout(FORK_SECONDS)
        command = [sys.executable, "-P", "-B", "-c", TEMPLATE, str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(
                command, env=environment, pass_fds=[theirs.fileno()], cwd=os.sep
            )

    def fork(self, words: Sequence[str], control: int, log: int) -> ForkedProcess:
        """A new zygote, told what a started one would find on its command line."""
        socket.send_fds(self._asking, [json.dumps(words).encode()], [control, log])
        return ForkedProcess(int(self._asking.recv(LONGEST_REQUEST_BYTES)))


@cache
def template(environment: tuple[tuple[str, str], ...]) -> Template:
    return Template(dict(environment))


def fork_loaded(
    words: Sequence[str], environment: Mapping[str, str], control: int, log: int
) -> ForkedProcess | subprocess.Popen[bytes]:
    """Fork a zygote whose jobs are to be forked too; start any other."""
    if words[0] != "fork":
        return start_process(words, environment, control, log)
    return template(tuple(sorted(environment.items()))).fork(words, control, log)


@contextmanager
def loaded_zygotes() -> Iterator[None]:
    """Whatever starts a zygote in this process gets a loaded one."""
    with patch.object(zygote_process, "start_process", fork_loaded):
        yield
