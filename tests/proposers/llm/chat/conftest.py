"""Chats are held on both event loops."""

import pytest


@pytest.fixture(scope="module", params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Nothing here may depend on one event loop."""
    return str(request.param)
