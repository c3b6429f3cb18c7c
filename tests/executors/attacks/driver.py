"""Runs hostile candidates and prints, one JSON line each, how they ended.

Run as `python driver.py LAYERS [NUMBER ...]`, LAYERS being `all` or `flat`, as any user.
"""

import json
import os
import secrets
import socket
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

import anyio  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from executors.buffers import SealedBuffer  # noqa: E402
from executors.jail.layers import ALL_LAYERS, Layer  # noqa: E402
from executors.outcome import JobSuccess  # noqa: E402
from executors.pool import WorkerPool  # noqa: E402
from executors.program import WorkerProgram, WorkerSpec  # noqa: E402
from schemas.jobs import JobLimits  # noqa: E402
from tests.executors.attacks.attack import Attack  # noqa: E402
from tests.executors.attacks.catalogue import ATTACKS  # noqa: E402
from tests.executors.attacks.prelude import PRELUDE  # noqa: E402

WITHOUT_NAMESPACES = frozenset(
    {Layer.CAPABILITIES, Layer.LANDLOCK, Layer.SECCOMP}
    | ({Layer.USER} if os.geteuid() == 0 else set())
)
LIMITS = JobLimits(
    wall_seconds=12, cpu_seconds=12, memory_bytes=1024 * 2**20, threads=2
)
CANDIDATE = """
class Candidate:
    def __init__(self, spec): pass
    def fit(self, X, y, weight=None):
{fit}
    def predict_proba(self, X):
{predict}
        return np.tile([0.25, 0.75], (len(X), 1))
"""
FEATURES = """
import pandas as pd
class Features:
    def fit(self, X, y=None): pass
    def transform(self, X):
{fit}
"""
HEALTHY = Attack("healthy", "pass", ATTACKS[0].jailed)


class Range(NamedTuple):
    """What attacks are let loose on: all of it the test's own."""

    folder: Path
    listener: socket.socket
    abstract: socket.socket
    mark: str

    def words(self) -> dict[str, str]:
        return {
            "@FOLDER@": str(self.folder),
            "@LABELS@": str(self.folder / "labels"),
            "@CANARY@": str(self.folder / "canary"),
            "@HOST@": str(os.getpid()),
            "@PORT@": str(self.listener.getsockname()[1]),
            "@MARK@": self.mark,
        }


def make_range(folder: Path) -> Range:
    folder.mkdir()
    (folder / "labels").write_text("secret labels")
    (folder / "canary").write_text("alive")
    (folder / "canary").chmod(0o666)
    os.utime(folder / "canary", (1e9, 1e9))
    mark = f"sage{secrets.token_hex(6)}"
    listener, abstract = socket.socket(), socket.socket(socket.AF_UNIX)
    listener.bind(("127.0.0.1", 0))
    abstract.bind(f"\0{mark}")
    for server in (listener, abstract):
        server.listen()
        server.setblocking(False)
    return Range(folder, listener, abstract, mark)


def harm_to(place: Range) -> list[str]:
    """Say what an attack has left or reached."""
    found = []
    canary = place.folder / "canary"
    if canary.read_text() != "alive" or canary.stat().st_mtime != 1e9:
        found.append("the canary was changed")
    if canary.stat().st_mode & 0o777 != 0o666:
        found.append("the canary's mode was changed")
    if sorted(os.listdir(place.folder)) != ["canary", "labels"]:
        found.append("files were made")
    for server in (place.listener, place.abstract):
        try:
            server.accept()[0].close()
            found.append("a connection came")
        except BlockingIOError:
            pass
    return found


def program_of(attack: Attack, place: Range) -> WorkerProgram:
    template = FEATURES if attack.mode == "features" else CANDIDATE
    body = template.format(
        fit=textwrap.indent(attack.fit, " " * 8),
        predict=textwrap.indent(attack.predict, " " * 8),
    )
    source = PRELUDE + body
    for word, meaning in place.words().items():
        source = source.replace(word, meaning)
    spec = WorkerSpec(
        task="binary",
        classes=("no", "yes"),
        seed=1,
        n_threads=2,
        seconds=10,
        kinds={"a": "numeric"},
        clusters=None,
    )
    is_features = attack.mode == "features"
    return WorkerProgram(
        mode="features" if is_features else "fit",
        source=source,
        spec=spec,
        rows=60 if is_features else 40,
        columns=None if is_features else 2,
    )


def descendants() -> set[int]:
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(folder.name)] = int(fields[1])
    found = {os.getpid()}
    while more := {p for p, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}


class Table(NamedTuple):
    """The inputs of all attacks; shared, as in a run."""

    inputs: dict[str, SealedBuffer]

    @classmethod
    def make(cls) -> "Table":
        values = np.linspace(0, 1, 100)
        frame = pd.DataFrame({"a": values})
        target = (values[:60] > 0.5).astype(np.int64)
        return cls(
            {
                "train_x": SealedBuffer.from_frame(frame[:60]),
                "train_y": SealedBuffer.from_array(target),
                "valid_x": SealedBuffer.from_frame(frame[60:]),
            }
        )


async def let_loose(
    pool: WorkerPool, attack: Attack, place: Range, table: Table, normal: set[int]
) -> dict[str, object]:
    limits = LIMITS.model_copy(update=attack.limits)
    descriptors = len(os.listdir("/proc/self/fd"))
    inputs = dict(table.inputs)
    if attack.mode == "features":
        del inputs["valid_x"]
    outcome = await pool.run(program_of(attack, place), inputs, limits)
    harm = harm_to(place)
    with anyio.move_on_after(2):
        while descendants() - normal:
            await anyio.lowlevel.checkpoint()
    if left := descendants() - normal:
        harm.append(f"processes are left: {left}")
    if len(os.listdir("/proc/self/fd")) != descriptors:
        harm.append("descriptors are left")
    if left_files := list(pool._folder.glob("job-*")):
        harm.append(f"files are left: {left_files}")
    after = await pool.run(program_of(HEALTHY, place), table.inputs, LIMITS)
    if not isinstance(after, JobSuccess):
        harm.append(f"the next job failed: {after.message} {after.trace}")
    is_success = isinstance(outcome, JobSuccess)
    return {
        "number": attack.number,
        "kind": "success" if isinstance(outcome, JobSuccess) else outcome.kind,
        "message": "" if isinstance(outcome, JobSuccess) else outcome.message,
        "trace": "" if isinstance(outcome, JobSuccess) else outcome.trace,
        "output": outcome.output,
        "seconds": outcome.usage.seconds,
        "harm": harm,
        "is_success": is_success,
    }


def say(told: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


async def main() -> None:
    os.environ["SAGE_SECRET"] = "own"  # noqa: S105 - what an attack looks for
    wanted = ALL_LAYERS if sys.argv[1] == "all" else WITHOUT_NAMESPACES
    numbers = sys.argv[2:]
    chosen = [a for a in ATTACKS if not numbers or a.number.split()[0] in numbers]
    with tempfile.TemporaryDirectory() as folder:
        place = make_range(Path(folder) / "range")
        table = Table.make()
        async with WorkerPool(2, Path(folder) / "spool", wanted) as pool:
            states = dict(await pool.layers())
            say({"user": os.geteuid(), "states": states})
            normal = descendants()
            for attack in chosen:
                told = await let_loose(pool, attack, place, table, normal)
                say(told)
        place.listener.close()
        place.abstract.close()


if __name__ == "__main__":
    anyio.run(main)
