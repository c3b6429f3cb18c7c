"""What all tests of agents share: no noise in the log, and telling assertions."""

from collections.abc import Iterator

import pytest
import structlog

pytest.register_assert_rewrite(
    "tests.agents.conversation", "tests.agents.whole_team_checks"
)


@pytest.fixture(scope="module", autouse=True)
def quiet_log() -> Iterator[None]:
    """No traceback is drawn for effects that are meant to raise."""

    def drop(*_: object) -> structlog.typing.EventDict:
        raise structlog.DropEvent

    structlog.configure(processors=[drop])
    yield
    structlog.reset_defaults()
