"""Which layers a process is to get, and which it could not get."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from executors.jail.layers import Layer


@dataclass(slots=True)
class JailPlan:
    """The layers of one job, entered step by step by its supervisor and its child.

    Attributes:
        layers: What is to be entered; what fails is taken out.
        is_tolerant: Whether a layer may fail. Only a self-test that runs no candidate
            code may go on without one.
        failures: Why layers failed.
        user: Number of the user to become; None if the only user of a user namespace
            takes that place, or nobody can be become.
    """

    layers: set[Layer]
    is_tolerant: bool = False
    failures: dict[Layer, str] = field(default_factory=dict)
    user: int | None = None

    def __contains__(self, layer: Layer) -> bool:
        return layer in self.layers

    def enter(self, layer: Layer, step: Callable[[], None]) -> None:
        """Enter a layer if it is planned.

        Raises:
            OSError: It failed and must not.
        """
        if layer not in self.layers:
            return
        try:
            step()
        except OSError as error:
            if not self.is_tolerant:
                raise
            self.give_up([layer], error.strerror or str(error))

    def give_up(self, layers: Iterable[Layer], why: str) -> None:
        """Take out layers that cannot be entered."""
        for layer in layers:
            if layer in self.layers:
                self.layers.remove(layer)
                self.failures[layer] = why
