"""Cassettes: a server's answers in a file, to be heard again without the server."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from enum import Enum
from pathlib import Path

import httpx2
from pydantic import JsonValue, ValidationError

from proposers.llm.chat.errors import CassetteError, CassetteMissError
from proposers.llm.chat.nearest import nearest_difference
from schemas.base import Frozen

REPLAYED = "x-sage-loop-replayed"
"""Header of answers that nobody was asked for, so that none of them costs money."""
_KEPT_HEADERS = ("content-type", "retry-after", "retry-after-ms")
_KEPT_PREFIX = "x-ratelimit-"

Body = dict[str, JsonValue]


class CassetteMode(Enum):
    """What a cassette does.

    `RECORD` asks the server and keeps the answer, `REPLAY` asks it only for what is not
    kept, `STRICT` asks nobody and fails on a miss.
    """

    RECORD = "record"
    REPLAY = "replay"
    STRICT = "strict"


class Entry(Frozen):
    """One line: a request and its answer; no address and no header that holds a secret.

    Attributes:
        key: Hash of path and body.
        occurrence: 0 for the first request with this key, 1 for the next.
        path: Where on the server the request went.
        request: Its body.
        status: HTTP status of the answer.
        headers: Those that a client acts on.
        response: Body of the answer.
    """

    key: str
    occurrence: int
    path: str
    request: Body
    status: int
    headers: tuple[tuple[str, str], ...]
    response: str


class CassetteTransport(httpx2.AsyncBaseTransport):
    """Stands between a client and the network.

    Args:
        path: The file, one entry a line.
        mode: Whether to record or to replay.
        mask: Takes keys out of a text before it is written.
        network: Sends what has to be sent; unused in strict mode.
    """

    def __init__(
        self,
        path: Path,
        mode: CassetteMode,
        mask: Callable[[str], str] = str,
        network: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._path = path
        self._mode = mode
        self._mask = mask
        self._network = network or httpx2.AsyncHTTPTransport()
        self._asked: Counter[str] = Counter()
        kept = [] if mode is CassetteMode.RECORD else read_cassette(path, mode)
        self._kept = {(entry.key, entry.occurrence): entry for entry in kept}
        if mode is CassetteMode.RECORD:
            path.write_text("", encoding="utf-8")

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer from the file, or from the network and into the file.

        Raises:
            CassetteMissError: In strict mode, if this was never recorded.
        """
        path, body = request.url.path, json.loads(await request.aread())
        key = request_key(path, body)
        # Counted before anything is awaited: the order of sending decides.
        occurrence = self._asked[key]
        self._asked[key] += 1
        entry = self._kept.get((key, occurrence))
        if entry is not None:
            return _replayed(entry)
        if self._mode is CassetteMode.STRICT:
            kept = [e.request for e in self._kept.values() if e.path == path]
            raise CassetteMissError(
                f"{self._path.name} holds no answer number {occurrence + 1} to this "
                f"request; {nearest_difference(body, kept)}"
            )
        response = await self._network.handle_async_request(request)
        content = await response.aread()
        entry = self._entry(key, occurrence, path, body, response, content)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(entry.model_dump_json() + "\n")
        return httpx2.Response(
            response.status_code, headers=_kept_headers(response), content=content
        )

    async def aclose(self) -> None:
        """Close the network."""
        await self._network.aclose()

    def _entry(
        self,
        key: str,
        occurrence: int,
        path: str,
        body: Body,
        response: httpx2.Response,
        content: bytes,
    ) -> Entry:
        said = content.decode(errors="replace")
        return Entry(
            key=key,
            occurrence=occurrence,
            path=path,
            request=json.loads(self._mask(json.dumps(body))),
            status=response.status_code,
            headers=_kept_headers(response),
            response=self._mask(said),
        )


def request_key(path: str, body: Body) -> str:
    """Return the hash that names a request: its path and its body, in one form."""
    text = json.dumps([path, body], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def read_cassette(path: Path, mode: CassetteMode = CassetteMode.STRICT) -> list[Entry]:
    """Read the entries of a cassette; one to be added to may be missing.

    Raises:
        CassetteError: It is missing or damaged.
    """
    if mode is CassetteMode.REPLAY and not path.exists():
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CassetteError(
            f"{str(path)!r} cannot be read: {error.strerror}"
        ) from error
    try:
        return [Entry.model_validate_json(line) for line in lines]
    except ValidationError:
        raise CassetteError(f"{str(path)!r} is damaged or no cassette") from None


def _replayed(entry: Entry) -> httpx2.Response:
    headers = [*entry.headers, (REPLAYED, "1")]
    return httpx2.Response(
        entry.status, headers=headers, content=entry.response.encode()
    )


def _kept_headers(response: httpx2.Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.lower(), value)
        for name, value in response.headers.items()
        if name.lower() in _KEPT_HEADERS or name.lower().startswith(_KEPT_PREFIX)
    )
