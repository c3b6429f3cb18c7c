"""The zygote: a fresh process with the libraries loaded that forks one worker a job.

Run as `python -m executors.zygote DESCRIPTOR PATH [MODULE ...]` with a socket to the host.
It loads the modules named, all that there are if none is. With the path `spawn` it loads
nothing and its workers start afresh. It ends when the host closes that socket; jobs that
run then are not its concern but their supervisors'.
"""

import os
import signal
import socket
import sys
from contextlib import suppress

from executors import wire
from executors.jail import kernel, seccomp
from executors.jail.readable import readable_paths
from executors.preload import preload, preload_networks
from executors.supervisor import supervise

# The number of a job's process in a namespace of its own.
FIRST_PROCESS = 1


def main() -> None:
    """Load the libraries, say so, and serve jobs until the host is gone."""
    kernel.die_with_parent()
    # Terminal signals are the host's business.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Supervisors are reaped by the kernel: nobody waits for them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    kernel.forbid_inspection()
    if sys.argv[2] == "fork":
        preload(frozenset(sys.argv[3:]))
        prepare_fence()
    sys.dont_write_bytecode = True  # what its jobs load besides is not for others
    try:
        control.send(wire.READY)
        serve(control)
    except (BrokenPipeError, ConnectionResetError):
        return  # the host is gone


def prepare_fence() -> None:
    """Find out once what the fence of every job needs."""
    readable_paths()
    with suppress(OSError):  # the self-test will say so
        seccomp.program_for(FIRST_PROCESS)


def serve(control: socket.socket) -> None:
    """Fork one supervisor for each request until the host closes the socket."""
    while True:
        packet = wire.receive(control)
        if not packet.content:
            return
        request = wire.JobRequest.model_validate_json(packet.content)
        if request.path == "fork":
            preload_networks(request.networks)
        if os.fork() == 0:
            supervise_and_exit(request, packet.descriptors, control)
        for descriptor in packet.descriptors:
            os.close(descriptor)


def supervise_and_exit(
    request: wire.JobRequest, descriptors: list[int], control: socket.socket
) -> None:
    """Be the supervisor of one job, in the process just forked for it."""
    status = 1
    try:
        control.close()
        supervise(request, wire.JobDescriptors.from_flat(descriptors))
        status = 0
    except BaseException:  # noqa: BLE001 - must not unwind into the zygote's loop
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
