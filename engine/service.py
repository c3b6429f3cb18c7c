"""The engine as a process of its own that serves another one: fits, and predicts when asked."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import anyio.abc
import anyio.to_thread
import pandas as pd
import structlog
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from pydantic import TypeAdapter, ValidationError

from bus.errors import BlobMissing, JournalError
from engine.errors import EngineError, Interrupted, IsolationRefused
from engine.execution import carry_out
from engine.fit import Fit, Fitted
from engine.isolation import Isolation, indispensable_layers, refusing
from engine.predictor import Predictor
from engine.resident_ensemble import ResidentEnsemble, open_ensemble
from engine.run_choices import RunChoices
from engine.run_folder import RunFolder, create_run_folder
from engine.run_options import make_settings, parse_kinds
from engine.service_messages import (
    Answer,
    CloseRequest,
    Done,
    ErrorCode,
    Failed,
    FitRequest,
    PredictRequest,
    Request,
    StopRequest,
)
from engine.service_news import ServiceNews
from engine.stop_requests import StopRequests
from engine.trained import Trained
from engine.unwrapping import first_leaf, single_errors
from executors.errors import ResidentError
from executors.pool import WorkerPool
from proposers.errors import ProposerError
from reports.result import RunResult
from schemas.sayings import RunCrashed
from schemas.settings import RunSettings
from schemas.task import TaskKind
from tabular.differences import differences
from tabular.errors import TabularError
from tabular.reading import read_table
from tabular.typed_columns import apply_schema, text_columns

log = structlog.get_logger()

POOL_THREADS = 1
POOL_ISOLATION: Isolation = "auto"
RESIDENT_BYTES = 1024**3
"""Memory of one loaded member; rows are handed to it in pieces."""

WISHES = 2

_REQUEST: TypeAdapter[Request] = TypeAdapter(Request)


class RunFailed(Exception):
    """Raised when a bug of ours ended a run; the text is what was raised."""


@dataclass(slots=True)
class LoadedRun:
    """A run whose models are loaded, or about to be.

    Attributes:
        trained: What it learned.
        ensemble: Its ensemble, once it is open.
        failure: Why it could not be opened.
        opened: Set when the ensemble is open or could not be opened.
        closed: Set when nobody needs it any more.
    """

    trained: Trained
    ensemble: ResidentEnsemble | None = None
    failure: BaseException | None = None
    opened: anyio.Event = field(default_factory=anyio.Event)
    closed: anyio.Event = field(default_factory=anyio.Event)


class Service:
    """Carries out requests until there are no more.

    Runs are fitted one after the other, because each takes all the workers it may have;
    predictions are made at any time.

    Args:
        spool: Folder for what worker processes leave.
        say: Passes an answer on.
        clock: Seconds that pass.
    """

    def __init__(
        self, spool: Path, say: Callable[[Answer], None], clock: Callable[[], float]
    ) -> None:
        self._spool = spool
        self._say = say
        self._clock = clock
        self._fitting = anyio.Lock()
        self._wishes: dict[int, MemoryObjectSendStream[str]] = {}
        self._loaded: dict[str, LoadedRun] = {}
        self._active = 0

    @property
    def is_busy(self) -> bool:
        """Whether some request is being carried out."""
        return self._active > 0

    async def serve(self, lines: AsyncIterator[str]) -> None:
        """Answer requests, one a line, until the stream ends; then end all work.

        Raises:
            ValidationError: A line is not a request, which is a bug of the other side.
        """
        async with (
            WorkerPool(threads=POOL_THREADS, spool=self._spool) as pool,
            anyio.create_task_group() as tasks,
        ):
            async for line in lines:
                request = _REQUEST.validate_json(line)
                tasks.start_soon(self._answer, request, pool, tasks)
            tasks.cancel_scope.cancel()

    async def _answer(
        self, request: Request, pool: WorkerPool, tasks: anyio.abc.TaskGroup
    ) -> None:
        self._active += 1
        try:
            match request:
                case FitRequest():
                    self._say(await self._fit(request, pool))
                case PredictRequest():
                    self._say(await self._predict(request, pool, tasks))
                case CloseRequest(run=run):
                    self._close(run)
                    self._say(Done(id=request.id))
                case StopRequest(fit=fit):
                    self._stop(fit)
                    self._say(Done(id=request.id))
        except Exception as error:  # noqa: BLE001 - the other process is told, whatever it is
            self._say(failure_of(request.id, first_leaf(error)))
        finally:
            self._active -= 1

    async def _fit(self, request: FitRequest, pool: WorkerPool) -> Done:
        tables = request.tables.model_copy(
            update={"kinds": parse_kinds(list(request.kinds))}
        )
        choices = RunChoices.model_validate(request.options)
        settings = make_settings(tables, choices)
        send, receive = anyio.create_memory_object_stream[str](WISHES)
        with send, receive:
            self._wishes[request.id] = send
            try:
                async with self._fitting:
                    fitted = await self._carry_out(settings, request, pool, receive)
            finally:
                del self._wishes[request.id]
        return done_of(request.id, fitted)

    async def _carry_out(
        self,
        settings: RunSettings,
        request: FitRequest,
        pool: WorkerPool,
        wishes: MemoryObjectReceiveStream[str],
    ) -> Fitted:
        started = self._clock()
        job = Fit(
            settings,
            create_run_folder(Path(request.run_dir)),
            ServiceNews(request.id, self._say),
            lambda: self._clock() - started,
            pool=pool if is_shared(settings.threads, settings.isolation) else None,
            stops=requests_from(wishes),
        )
        return await carry_out(job)

    def _stop(self, fit: int) -> None:
        wishes = self._wishes.get(fit)
        if wishes is not None and wishes.statistics().current_buffer_used < WISHES:
            wishes.send_nowait("interrupt")

    def _close(self, run: str) -> None:
        loaded = self._loaded.pop(run, None)
        if loaded is not None:
            loaded.closed.set()

    async def _predict(
        self, request: PredictRequest, pool: WorkerPool, tasks: anyio.abc.TaskGroup
    ) -> Done:
        loaded = self._loaded.get(request.run)
        if loaded is None:
            trained = await anyio.to_thread.run_sync(
                Trained, RunFolder(Path(request.run))
            )
            loaded = self._loaded.setdefault(request.run, LoadedRun(trained))
            if not loaded.opened.is_set():
                tasks.start_soon(self._keep_loaded, request.run, loaded, pool)
        await loaded.opened.wait()
        if loaded.ensemble is None:
            raise why_not_open(loaded, request.run)
        trained = loaded.trained
        frame, warnings = await anyio.to_thread.run_sync(read_rows, request, trained)
        with refusing(trained.isolation), single_errors():
            predicted = await loaded.ensemble.predict(frame)
        answer = pd.DataFrame(
            predicted, columns=[str(c) for c in range(predicted.shape[1])]
        )
        await anyio.to_thread.run_sync(write_arrow, answer, Path(request.out))
        task = trained.task
        return Done(
            id=request.id, kind=task.kind, classes=task.labels, warnings=warnings
        )

    async def _keep_loaded(self, run: str, loaded: LoadedRun, pool: WorkerPool) -> None:
        """Keep a run's models until it is closed; a failure is told to whoever asks."""
        trained = loaded.trained
        try:
            async with AsyncExitStack() as stack:
                if not is_shared(trained.threads, trained.isolation):
                    own = WorkerPool(
                        threads=trained.threads,
                        spool=self._spool,
                        indispensable=indispensable_layers(trained.isolation),
                    )
                    pool = await stack.enter_async_context(own)
                predictor = await anyio.to_thread.run_sync(
                    resident_predictor, trained, pool
                )
                loaded.ensemble = await stack.enter_async_context(
                    open_ensemble(predictor)
                )
                loaded.opened.set()
                await loaded.closed.wait()
        except Exception as error:
            log.exception("run_not_kept_loaded", run=run)
            loaded.failure = first_leaf(error)
            self._loaded.pop(run, None)
        finally:
            loaded.ensemble = None
            loaded.opened.set()


def why_not_open(loaded: LoadedRun, run: str) -> BaseException:
    """What to tell whoever asks a run for predictions whose models are not there."""
    match loaded.failure:
        case None | BlobMissing():
            return EngineError(f"the models of the run in {run} cannot be read")
        case failure:
            return failure


def is_shared(threads: int, isolation: Isolation) -> bool:
    """Whether the service's own workers will do."""
    return threads == POOL_THREADS and isolation == POOL_ISOLATION


def resident_predictor(trained: Trained, pool: WorkerPool) -> Predictor:
    """The predictor of a run for members that stay loaded."""
    memory = min(RESIDENT_BYTES, trained.memory_bytes)
    return trained.predictor(pool, len(trained.ensemble.members), memory)


def read_rows(
    request: PredictRequest, trained: Trained
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read rows as the schema of a run says, and say what is unusual about them."""
    schema = trained.schema
    raw = read_table(
        Path(request.table), decimal=schema.decimal, text_columns=text_columns(schema)
    )
    frame = apply_schema(raw, schema)
    return frame, differences(raw, frame, schema)


def write_arrow(frame: pd.DataFrame, path: Path) -> None:
    """Write an Arrow file."""
    frame.to_feather(path, compression="uncompressed")


def requests_from(wishes: MemoryObjectReceiveStream[str]) -> StopRequests:
    """A stream as a source of wishes to stop."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[AsyncIterator[str]]:
        yield aiter(wishes)

    return opened


def done_of(request: int, fitted: Fitted) -> Done:
    """What came of a run.

    Raises:
        EngineError: The table or the options cannot be used.
        RunFailed: A bug ended the run.
    """
    end, result = fitted
    if isinstance(end, RunCrashed):
        raise RunFailed(f"{end.exception}: {end.message}")
    if end.status == "bad_input":
        raise EngineError(end.message)
    kind = None if result.task is None else result.task.kind
    return Done(
        id=request,
        status=end.status,
        kind=kind,
        classes=classes_of(result),
        warnings=result.warnings,
    )


def classes_of(result: RunResult) -> tuple[str, ...]:
    """The classes of a run, none unless it classifies."""
    if result.task is None or result.task.kind is TaskKind.CLUSTERING:
        return ()
    return result.task.classes


def failure_of(request: int, error: BaseException) -> Failed:
    """Tell the other process in one line what went wrong."""
    message = " ".join(str(error).split())
    code: ErrorCode
    match error:
        case IsolationRefused():
            code = "not_isolated"
        case ValidationError():
            code, message = "bad_input", first_complaint(error)
        case EngineError() | TabularError() | ProposerError() | JournalError():
            code = "bad_input"
        case ResidentError():
            code, message = "bad_input", f"a model cannot predict these rows: {message}"
        case Interrupted():
            code = "interrupted"
        case OSError():
            code = "disk"
        case RunFailed():
            code = "bug"
        case _:
            code, message = "bug", f"{type(error).__name__}: {message}"
    return Failed(id=request, code=code, message=message)


def first_complaint(error: ValidationError) -> str:
    """The first thing that is wrong with options, by the option's name."""
    found = error.errors()[0]
    name = ".".join(str(part) for part in found["loc"])
    return f"{name}={found['input']!r} cannot be used: {found['msg']}"
