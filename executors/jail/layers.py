"""The layers of the fence: their names, what each stops, which of them are missing."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import NamedTuple

ACTIVE = "active"


class Layer(StrEnum):
    """A layer that the kernel may refuse, in the order in which they are entered."""

    USER = "private user"
    PROCESSES = "process namespace"
    NETWORK = "network namespace"
    SYSTEM = "ipc, host name and control group namespaces"
    FILES = "private file system"
    CAPABILITIES = "no capabilities"
    LANDLOCK = "landlock"
    SECCOMP = "seccomp"


ALL_LAYERS = frozenset(Layer)

# A fence that any one of some layers makes.
OneOf = frozenset[Layer]

EVERY_LAYER: frozenset[OneOf] = frozenset(OneOf({layer}) for layer in Layer)

# Without the first code of unknown origin could reach the whole machine, without the
# second it could read and change every file of the run.
INDISPENSABLE: frozenset[OneOf] = frozenset(
    {OneOf({Layer.SECCOMP}), OneOf({Layer.FILES, Layer.LANDLOCK})}
)

# No layer, but told with them: how jobs start.
FORKED_START = "forked start"

# What always holds on Linux: each of these either works or the job does not run.
BASE_LAYERS = (
    "own session and process group",
    "ends with its supervisor",
    "no new privileges",
    "not traceable",
    "resource limits",
    "memory and wall-clock watchdog",
    "clean environment and scratch folder",
    "sealed inputs",
)


def meaning_of_missing(layer: str, missing: Collection[str] = ()) -> str:
    """Return what code can do that a missing layer would have stopped.

    Args:
        layer: The layer that is missing.
        missing: All that are, since some stand in for each other.
    """
    match layer:
        case Layer.USER:
            return "code runs as the user who started the run"
        case Layer.PROCESSES:
            return "code sees which other processes run, though it cannot touch them"
        case Layer.NETWORK:
            return "only seccomp stands between code and the network"
        case Layer.SYSTEM:
            return "only seccomp stands between code and shared memory of others"
        case Layer.FILES if Layer.LANDLOCK in missing:
            return "code reads and changes all files that its user may"
        case Layer.FILES:
            return "files are guarded by landlock alone; scratch space is only watched"
        case Layer.CAPABILITIES:
            return "code keeps special rights of the user who started the run"
        case Layer.LANDLOCK if Layer.FILES in missing:
            return "files have no fence at all, and sockets one instead of two"
        case Layer.LANDLOCK:
            return "files and sockets have one fence instead of two"
        case Layer.SECCOMP:
            return "code can start processes, open connections and disturb others"
        case _ if layer == FORKED_START:
            return (
                "each job loads its libraries itself: seconds and 200 MB more for each"
            )
        case _:
            return "the kernel does not offer what every job relies on"


class MissingLayer(NamedTuple):
    """A layer that is not there, why, and what that means."""

    name: str
    why: str
    meaning: str


def missing_layers(states: Iterable[tuple[str, str]]) -> tuple[MissingLayer, ...]:
    """Return the layers that are not active.

    Args:
        states: Each layer with `active` or why it is not.
    """
    reasons = {name: why for name, why in states if why != ACTIVE}
    return tuple(
        MissingLayer(name, why, meaning_of_missing(name, reasons))
        for name, why in reasons.items()
    )


def broken_fences(
    fences: Iterable[OneOf], missing: Collection[str]
) -> tuple[tuple[Layer, ...], ...]:
    """Return the fences of which no layer is left, with their layers, in a fixed order."""
    broken = [fence for fence in fences if fence.issubset(missing)]
    return tuple(
        sorted(tuple(layer for layer in Layer if layer in fence) for fence in broken)
    )
