"""Has the table read, split and sealed by a short-lived process before anything else looks."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import anyio
from anyio.abc import ByteReceiveStream

from bus.blobs import BlobStore
from bus.effects import Outcome
from executors.process_record import ProcessRecord
from schemas.inputs import PrepareFailed, TablePrepared
from schemas.settings import RunSettings
from tabular.prepare import Prepared, PrepareRequest
from tabular.splitting import FoldBounds

ROOT = Path(__file__).resolve().parent.parent
EXIT_USER_ERROR = 2
EXIT_DISK_FAILED = 74
EIGHT_FOLD_ROWS_PER_SECOND = 100
FIVE_FOLD_ROWS_PER_SECOND = 200
THREE_FOLD_ROWS_PER_SECOND = 280
"""Tables of fewer rows for each second of all threads together get so many folds.

Loss on unseen rows, in pairs of runs: eight folds instead of five lowered it by 1.4 % at 50 to
90 rows a second (seven tables), five instead of one by 2.8 % at 150 (six), three instead of
five by 4 % at 270 (six), one instead of five by 8 % at 280 to 1,500 (seven).
"""
MOST_EIGHT_FOLD_ROWS = 20_000
FEWEST_FIVE_FOLD_ROWS = 3_000
FEWEST_THREE_FOLD_ROWS = 6_000
"""Smaller tables keep these folds however short the time is."""


class PrepareError(Exception):
    """Raised when the preparing process died of a bug; the text is its trace."""


def fold_bounds(settings: RunSettings) -> FoldBounds:
    """How many folds tables of which size get in the time that there is."""
    usual = FoldBounds()
    budget = settings.budget_seconds
    if budget is None:
        return usual
    seconds = budget * settings.workers * settings.threads
    eight = min(round(EIGHT_FOLD_ROWS_PER_SECOND * seconds), MOST_EIGHT_FOLD_ROWS)
    five = max(round(FIVE_FOLD_ROWS_PER_SECOND * seconds), FEWEST_FIVE_FOLD_ROWS)
    three = max(round(THREE_FOLD_ROWS_PER_SECOND * seconds), FEWEST_THREE_FOLD_ROWS)
    return FoldBounds(
        eight=max(eight, usual.eight),
        five=min(five, usual.five),
        three=min(three, usual.three),
    )


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
            fold_bounds=fold_bounds(settings),
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
                # A process that dies before it reads tells why in its trace.
                with suppress(anyio.BrokenResourceError):
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
