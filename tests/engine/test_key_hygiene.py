"""A key goes to its server and nowhere else, also where that server echoes it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proposers.llm.fake_server import FakeServer, Reply

pytestmark = pytest.mark.deep

ROOT = Path(__file__).parents[2]
KEY = "sk-test-0123456789abcdef"
SPYING = f"""
# {KEY}
import os
from pathlib import Path

from sklearn.ensemble import RandomForestClassifier


def seen():
    found = [dict(os.environ)]
    for process in ("self", str(os.getppid()), "1"):
        try:
            found.append(Path(f"/proc/{{process}}/environ").read_bytes())
        except OSError as error:
            found.append(error)
    return repr(found)


class Candidate:
    def __init__(self, spec):
        self.model = RandomForestClassifier(n_estimators=5, random_state=0)

    def fit(self, X, y, weight=None):
        print(seen())
        self.model.fit(X.select_dtypes("number").fillna(0), y)

    def predict_proba(self, X):
        return self.model.predict_proba(X.select_dtypes("number").fillna(0))
"""
FAILING = SPYING.replace("print(seen())", "raise RuntimeError(seen())")


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    fake.replies.put(refusal_that_echoes())
    for source in (FAILING, SPYING) * 40:
        fake.say(f"You are {KEY}.\n```python\n{source}```")
    yield fake
    fake.close()


def test_no_file_of_a_run_and_no_line_it_prints_holds_the_key(
    server: FakeServer, table: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    (tmp_path / "sage-loop.toml").write_text(
        "[llm]\nkey_env = 'MY_KEY'\n[llm.cassette]\nfile = 'tape.jsonl'\n"
        "mode = 'record'\n"
    )
    environment = {
        **os.environ,
        "MY_KEY": KEY,
        "OPENAI_BASE_URL": server.base_url,
        "PYTHONPATH": str(ROOT),
    }

    done = subprocess.run(
        [
            *(sys.executable, ROOT / "run.py", "fit", table, "--target", "outcome"),
            *("--drop", "grade", "--proposer", "llm", "--llm-calls", "6"),
            *("--trials", "6", "--run-dir", run),
        ],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert server.requests, done.stderr
    assert {request.headers["authorization"] for request in server.requests} == {
        f"Bearer {KEY}"
    }
    assert KEY not in json.dumps([request.body for request in server.requests])
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"events.jsonl", "run.log", "tape.jsonl"} <= {path.name for path in written}
    assert [path for path in written if KEY.encode() in path.read_bytes()] == []
    assert KEY not in done.stdout + done.stderr
    assert "model_asked" in (run / "run.log").read_text()


def refusal_that_echoes() -> Reply:
    body = {"error": {"message": f"slow down, {KEY}"}}
    return Reply(429, json.dumps(body).encode(), {"retry-after": "0"})
