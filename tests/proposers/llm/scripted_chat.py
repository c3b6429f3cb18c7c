"""A chat backend that says what a test scripts, and remembers what it was asked."""

from collections import deque

from proposers.errors import ProposerError
from proposers.llm.chat.messages import ChatReply, ChatRequest, Finish
from proposers.spending import Spent

PER_CALL = Spent(calls=1, tokens=120, money=0.01, seconds=2.0)


class ScriptedChat:
    """Each request takes the next reply or error of the script."""

    def __init__(self) -> None:
        self.requests: list[ChatRequest] = []
        self._script: deque[ChatReply | ProposerError] = deque()

    def say(
        self, text: str, *, finish: Finish = "stop", refusal: str | None = None
    ) -> None:
        self._script.append(ChatReply(text, finish, refusal, PER_CALL))

    def fail(self, error: ProposerError) -> None:
        self._script.append(error)

    async def complete(self, request: ChatRequest) -> ChatReply:
        self.requests.append(request)
        outcome = self._script.popleft()
        if isinstance(outcome, ProposerError):
            raise outcome
        return outcome
