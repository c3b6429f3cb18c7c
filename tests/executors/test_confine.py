"""What is taken from a child, as it sees itself."""

from typing import TYPE_CHECKING

from executors.confine import active_layers

if TYPE_CHECKING:
    from tests.executors.conftest import Bench


async def test_a_child_is_confined(bench: "Bench") -> None:
    fit = """
    import os, resource, signal
    status = dict(l.split(":\\t") for l in open("/proc/self/status").read().splitlines())
    print(status["NoNewPrivs"], status["SigBlk"], os.umask(0) == 0o077)
    print(resource.getrlimit(resource.RLIMIT_CORE))
    print(resource.getrlimit(resource.RLIMIT_NOFILE))
    print(resource.getrlimit(resource.RLIMIT_CPU))
    print(os.getsid(0) == os.getppid(), os.getpgid(0) == os.getpid())
    print(signal.getsignal(signal.SIGINT) == signal.SIG_DFL)
    """

    outcome = await bench.success(bench.candidate(fit=fit))

    assert outcome.output.splitlines() == [
        "1 0000000000000000 True",
        "(0, 0)",
        "(256, 256)",
        "(19, 20)",
        "True True",
        "True",
    ]


async def test_inputs_cannot_be_changed_by_a_child(bench: "Bench") -> None:
    fit = """
    import os
    for name in os.listdir("/proc/self/fd"):
        try:
            path = os.readlink("/proc/self/fd/" + name)
        except OSError:
            continue
        if "sage-frame" in path:
            for deed in (lambda: os.write(int(name), b"x"), lambda: os.ftruncate(int(name), 0)):
                try:
                    deed()
                except PermissionError as error:
                    print(error.errno)
    """

    outcome = await bench.success(bench.candidate(fit=fit))

    assert outcome.output == "1\n" * 4


def test_every_layer_is_named_with_its_state() -> None:
    layers = dict(active_layers())

    assert layers["resource limits"] == "active"
    assert layers["seccomp"] == "not part of this version"
