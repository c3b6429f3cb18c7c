"""`run.log`: what happened, one line an event, for people who look into a run."""

from types import TracebackType
from typing import Self, TextIO

import structlog

from engine.run_folder import RunFolder
from schemas.envelope import Envelope
from schemas.inputs import Tick


class RunLog:
    """An observer that writes events, and the place where our own log lines go."""

    def __init__(self, folder: RunFolder) -> None:
        self._file: TextIO = folder.log.open("a", encoding="utf-8")
        structlog.configure(
            processors=[
                structlog.contextvars.merge_contextvars,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                structlog.processors.LogfmtRenderer(
                    key_order=["timestamp", "level", "event"]
                ),
            ],
            logger_factory=structlog.WriteLoggerFactory(self._file),
            cache_logger_on_first_use=False,
        )
        self._log = structlog.get_logger().bind(run=folder.path.name)

    def show(self, event: Envelope) -> None:
        """Write one line for one event."""
        if isinstance(event.body, Tick):
            return
        facts = {
            "seq": event.seq,
            "loop": event.loop,
            "src": event.src,
            "dst": event.dst,
            "key": event.key,
            "seconds": event.duration,
            "candidate": getattr(event.body, "candidate", None),
            "reason": getattr(event.body, "reason", None),
        }
        named = {name: _plain(fact) for name, fact in facts.items() if fact is not None}
        self._log.info(event.body.kind, **named)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        structlog.reset_defaults()
        self._file.close()


def _plain(fact: object) -> object:
    """A candidate is named by its id; everything else is plain already."""
    return getattr(fact, "id", fact)
