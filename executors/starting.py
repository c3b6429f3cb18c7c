"""Makes the child of a supervisor: forked with all libraries, or started afresh."""

import os
import sys
from pathlib import Path
from typing import NamedTuple

from executors import wire
from executors.buffers import new_memory_file
from executors.child import ChildDescriptors, be_child
from executors.jail import namespaces
from executors.jail.layers import Layer
from executors.jail.plan import JailPlan
from executors.spawned import SpawnOrder
from executors.watched import Watched, resident_bytes


class MadeChild(NamedTuple):
    """A child just made.

    Attributes:
        process: Its process id.
        ready: Where it says that it has loaded its libraries; None if it was forked.
        came_with_bytes: What it was forked with.
    """

    process: int
    ready: int | None
    came_with_bytes: int


def start(request: wire.JobRequest, descriptors: wire.JobDescriptors) -> Watched:
    """Make the child and close what only it needs.

    Raises:
        OSError: A layer of its fence cannot be entered.
    """
    output, child_output = os.pipe()
    own = ChildDescriptors(
        output=child_output,
        program=descriptors.program,
        result=descriptors.result,
        model=descriptors.model,
        trace=new_memory_file("trace"),
        supervisor=os.pidfd_open(os.getpid()),
        inputs=dict(zip(request.inputs, descriptors.inputs, strict=True)),
    )
    plan = JailPlan(set(request.layers), request.is_probe)
    namespaces.enter_outer(plan)
    made = make_child(request, own, plan)
    for descriptor in own.all() - {own.trace, own.result, own.model}:
        os.close(descriptor)
    os.set_blocking(output, False)
    return Watched(
        process=made.process,
        handle=os.pidfd_open(made.process),
        output=output,
        trace=own.trace,
        files=(own.result, own.model),
        ready=made.ready,
        scratch=None if Layer.FILES in plan.layers else Path(request.scratch),
        limits=request.limits,
        input_bytes=request.input_bytes,
        came_with_bytes=made.came_with_bytes,
    )


def make_child(
    request: wire.JobRequest, own: ChildDescriptors, plan: JailPlan
) -> MadeChild:
    """Fork the child, or start it afresh."""
    match request.path:
        case "fork":
            came_with = resident_bytes("self")  # a fork has just what its parent has
            process = os.fork()
            if process == 0:
                be_child(request, own, plan)
            return MadeChild(process, None, came_with)
        case "spawn":
            return spawn(request, own, plan)


def spawn(request: wire.JobRequest, own: ChildDescriptors, plan: JailPlan) -> MadeChild:
    """Start an interpreter for the child; it inherits only what it needs."""
    ready, child_ready = os.pipe()
    order = SpawnOrder(
        request=request,
        own=own,
        layers=tuple(plan.layers),
        failures=plan.failures,
        user=plan.user,
        ready=child_ready,
    )
    for descriptor in (child_ready, *own.all()):
        os.set_inheritable(descriptor, True)
    command = [sys.executable, "-P", "-B", "-m", "executors.spawned"]
    process = os.posix_spawn(
        sys.executable, [*command, order.model_dump_json()], os.environ
    )
    os.close(child_ready)
    return MadeChild(process, ready, 0)
