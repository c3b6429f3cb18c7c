"""A question to a model, and what servers say to it or tell of it."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field, JsonValue

from proposers.llm.chat.messages import ChatMessage, ChatRequest
from schemas.base import Frozen

if TYPE_CHECKING:
    from tests.proposers.llm.fake_server import FakeServer

KEY = "sk-test-0123456789abcdef"
QUESTION = ChatRequest(
    (ChatMessage("system", "be brief"), ChatMessage("user", "hello")),
    purpose="draft",
    agent="modeler",
    limit_tokens=400,
)
GOOD = '{"family": "linear", "depth": 3}'


class Choice(Frozen):
    family: Literal["linear", "forest"]
    depth: int = Field(ge=1, le=9)


def error(message: str, **more: JsonValue) -> JsonValue:
    return {"error": {"message": message, **more}}


def formats(server: "FakeServer") -> list[str]:
    """How each request asked for JSON."""
    found = []
    for request in server.requests:
        form = request.body.get("response_format")
        found.append(str(form["type"]) if isinstance(form, dict) else "none")
    return found
