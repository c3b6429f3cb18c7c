"""What host, zygote and supervisor say to each other over their sockets.

One message is one packet: JSON, for a report followed by a newline and the raw output.
A job's descriptors travel with its request, in the order of `JobDescriptors`.
"""

import socket
from collections.abc import Sequence
from typing import Literal, NamedTuple, Self

from executors.jail.layers import Layer
from schemas.base import Frozen
from schemas.jobs import JobLimits

StartPath = Literal["fork", "spawn"]

PACKET_LIMIT_BYTES = 160 * 1024
DESCRIPTORS_LIMIT = 250
INPUTS_LIMIT = 200
READY = b"ready"
STARTED = b"started"
CHANNEL = "channel"
LOADED = b"loaded"
ANSWERED = b"answered"

MODEL_LIMIT_BYTES = 512 * 1024**2
OUTPUT_KEPT_BYTES = 64 * 1024
OUTPUT_LIMIT_BYTES = 32 * 1024**2
TRACE_LIMIT_CHARS = 8 * 1024

EXIT_SUCCESS = 0
EXIT_EXCEPTION = 11
EXIT_CONTRACT = 12
EXIT_MEMORY = 13
EXIT_INTERNAL = 14


class JobRequest(Frozen):
    """Asks the zygote for one job.

    Attributes:
        limits: What the job may use.
        inputs: Names of the inputs, in the order of their descriptors.
        input_bytes: Their total size; shared memory that is not the job's own.
        file_bytes: Largest file that the job may write.
        scratch: Folder to make for the job and to remove after it.
        layers: Layers of the fence to enter.
        is_probe: Whether, instead of running a program, the child only reports which
            layers it could enter and whether they hold.
        path: Whether the child is forked with all libraries loaded or starts afresh.
        networks: Packages of pretrained networks that it uses, to be loaded before a fork.
    """

    limits: JobLimits
    inputs: tuple[str, ...]
    input_bytes: int
    file_bytes: int
    scratch: str
    layers: tuple[Layer, ...] = ()
    is_probe: bool = False
    path: StartPath = "fork"
    networks: tuple[str, ...] = ()


class JobReport(Frozen):
    """The supervisor's last word on a job.

    Attributes:
        why: Why the process is gone: it ended by itself (`exited`), was killed over a
            limit or on request, or the supervisor itself `failed`.
        status: Wait status of the process, as from `os.wait4`.
        seconds: Elapsed time.
        cpu_seconds: Processor time of all its threads.
        peak_bytes: Largest resident set, preloaded libraries included.
        trace: What faulthandler wrote, or the supervisor's own error if it failed.
    """

    why: Literal[
        "exited", "timeout", "memory", "output", "files", "cancelled", "failed"
    ]
    status: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    trace: str


class JobDescriptors(NamedTuple):
    """The descriptors of a job, in the order in which they are sent."""

    job: int
    program: int
    result: int
    model: int
    inputs: tuple[int, ...]

    def flat(self) -> list[int]:
        """Return them as one list."""
        return [self.job, self.program, self.result, self.model, *self.inputs]

    @classmethod
    def from_flat(cls, descriptors: Sequence[int]) -> Self:
        """Give a received list its names again."""
        job, program, result, model, *inputs = descriptors
        return cls(job, program, result, model, tuple(inputs))


class Packet(NamedTuple):
    """One received packet; no content means that the other side is gone."""

    content: bytes
    descriptors: list[int]


def receive(channel: socket.socket) -> Packet:
    """Receive one packet with its descriptors, none of them inheritable."""
    content, descriptors, _, _ = socket.recv_fds(
        channel, PACKET_LIMIT_BYTES, DESCRIPTORS_LIMIT, socket.MSG_CMSG_CLOEXEC
    )
    return Packet(content, descriptors)
