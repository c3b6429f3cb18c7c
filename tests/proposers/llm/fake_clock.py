"""A clock that only sleeping moves."""

import anyio.lowlevel


class FakeClock:
    """Tells seconds; `sleep` adds to them at once and is remembered."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds
        await anyio.lowlevel.checkpoint()
