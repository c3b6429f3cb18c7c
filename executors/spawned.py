"""A child that starts afresh, where forking a process with all libraries is not safe.

Run as `python -m executors.spawned ORDER` by a supervisor. It loads what the job needs
itself, which takes seconds, and is confined like any other child after that.
"""

import os
import sys

from executors import wire
from executors.child import ChildDescriptors, be_child
from executors.jail import kernel
from executors.jail.layers import Layer
from executors.jail.plan import JailPlan
from executors.preload import preload
from executors.watched import resident_bytes
from schemas.base import Frozen


class SpawnOrder(Frozen):
    """What a child that shares no memory with its supervisor has to be told.

    Attributes:
        request: The job.
        own: Its descriptors.
        layers: Layers still to be entered, or entered for it.
        failures: Layers that could not be entered for it.
        user: The user to become.
        ready: Where to say that the libraries are loaded, and how many bytes that took.
    """

    request: wire.JobRequest
    own: ChildDescriptors
    layers: tuple[Layer, ...]
    failures: dict[Layer, str]
    user: int | None
    ready: int


def main() -> None:
    """Load the libraries, say so, and be the child."""
    kernel.die_with_parent()
    order = SpawnOrder.model_validate_json(sys.argv[1])
    if not order.request.is_probe:
        preload()
    os.write(order.ready, str(resident_bytes("self")).encode())
    plan = JailPlan(
        set(order.layers), order.request.is_probe, order.failures, order.user
    )
    be_child(order.request, order.own, plan)


if __name__ == "__main__":
    main()
