"""Hostile candidates, each with its exact expected end. They act on nothing but the
test's own processes, files and loopback, and limits bound each of them."""

from tests.executors.attacks.attack import Attack
from tests.executors.attacks.on_files import ON_FILES
from tests.executors.attacks.on_interpreter import ON_INTERPRETER
from tests.executors.attacks.on_kernel import ON_KERNEL
from tests.executors.attacks.on_memory_and_time import ON_MEMORY_AND_TIME
from tests.executors.attacks.on_network import ON_NETWORK
from tests.executors.attacks.on_processes import ON_PROCESSES
from tests.executors.attacks.on_results import ON_RESULTS
from tests.executors.attacks.on_secrets import ON_SECRETS
from tests.executors.attacks.on_space import ON_SPACE

ATTACKS: tuple[Attack, ...] = tuple(
    sorted(
        (
            *ON_FILES,
            *ON_INTERPRETER,
            *ON_KERNEL,
            *ON_MEMORY_AND_TIME,
            *ON_NETWORK,
            *ON_PROCESSES,
            *ON_RESULTS,
            *ON_SECRETS,
            *ON_SPACE,
        ),
        key=lambda attack: attack.number,
    )
)
"""In the order of their numbers."""
