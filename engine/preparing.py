"""Has the table read, split and sealed by a short-lived process before anything else looks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import anyio
from anyio.abc import ByteReceiveStream

from bus.blobs import BlobStore
from bus.effects import Outcome
from executors.process_record import ProcessRecord
from schemas.inputs import PrepareFailed, TablePrepared
from schemas.settings import RunSettings
from tabular.prepare import Prepared, PrepareRequest
from tabular.splitting import EIGHT_FOLD_ROWS

ROOT = Path(__file__).resolve().parent.parent
EXIT_USER_ERROR = 2
EXIT_DISK_FAILED = 74
EIGHT_FOLD_ROWS_PER_SECOND = 100
MOST_EIGHT_FOLD_ROWS = 20_000
"""Tables of fewer rows for each second of all threads together get eight folds.

On seven tables of 2,500 to 4,800 rows eight lowered the loss on unseen rows by 1.4 % with
54 seconds (better on five), on three of them by 3.6 % with 270 seconds.
"""


class PrepareError(Exception):
    """Raised when the preparing process died of a bug; the text is its trace."""


def eight_fold_rows(settings: RunSettings) -> int:
    """How large a table may be that gets as many folds as a small one."""
    budget = settings.budget_seconds
    if budget is None:
        return EIGHT_FOLD_ROWS
    seconds = budget * settings.workers * settings.threads
    rows = min(round(EIGHT_FOLD_ROWS_PER_SECOND * seconds), MOST_EIGHT_FOLD_ROWS)
    return max(rows, EIGHT_FOLD_ROWS)


class Preparing:
    """Runs `tabular.prepare` and keeps what it says."""

    def __init__(
        self,
        settings: RunSettings,
        data: Path,
        blobs: BlobStore,
        record: ProcessRecord | None = None,
    ) -> None:
        self._record = record
        self._request = PrepareRequest(
            tables=settings.tables,
            seed=settings.seed,
            folder=str(data),
            eight_fold_rows=eight_fold_rows(settings),
        )
        self._blobs = blobs

    async def run(self) -> Outcome:
        """Prepare the table.

        Raises:
            PrepareError: The process died without a word.
            OSError: What it made could not be written.
        """
        process = await self._run_process(self._request.model_dump_json().encode())
        if process.returncode == EXIT_USER_ERROR:
            return Outcome(PrepareFailed(message=json.loads(process.stdout)["error"]))
        if process.returncode == EXIT_DISK_FAILED:
            code = json.loads(process.stdout)["errno"]
            raise OSError(code, os.strerror(code))
        if process.returncode != 0:
            raise PrepareError(process.stderr.decode(errors="replace")[-2000:])
        return Outcome(self._keep(json.loads(process.stdout)["prepared"]))

    async def _run_process(self, request: bytes) -> subprocess.CompletedProcess[bytes]:
        """Run the process to its end; it is ended if this is cancelled."""
        async with await anyio.open_process(
            [sys.executable, "-P", "-m", "tabular.prepare"],
            env=_environment(),
            start_new_session=True,
        ) as process:
            if self._record is not None:
                self._record.note(process.pid)
            if not (process.stdin and process.stdout and process.stderr):
                raise PrepareError("the process has no pipes")
            answer, trace = bytearray(), bytearray()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_read, process.stdout, answer)
                tasks.start_soon(_read, process.stderr, trace)
                await process.stdin.send(request)
                await process.stdin.aclose()
            code = await process.wait()
        return subprocess.CompletedProcess((), code, bytes(answer), bytes(trace))

    def _keep(self, answer: object) -> TablePrepared:
        prepared = Prepared.model_validate(answer)
        return TablePrepared(
            task=prepared.task,
            profile=prepared.profile,
            table_schema=self._blobs.keep_text(prepared.table_schema.model_dump_json()),
            showcase=self._blobs.keep_text(json.dumps(prepared.showcase)),
            baseline=prepared.baseline,
            seal=prepared.seal,
        )


async def _read(stream: ByteReceiveStream, content: bytearray) -> None:
    async for chunk in stream:
        content += chunk


def _environment() -> dict[str, str]:
    """The least that Python needs; the table is hostile until checked."""
    return {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
