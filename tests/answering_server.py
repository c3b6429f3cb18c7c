"""A chat server on a real socket that answers every kind of ask, and keeps all prompts."""

import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

GOOD = """# family: linear
# title: penalised line {number}
from toolkit.linear_model import LinearModel


class Candidate:
    def __init__(self, spec):
        self.model = LinearModel(spec, penalties=({number}.5, 10.0))

    def fit(self, X, y, weight=None):
        self.model.fit(X, y, weight)

    def predict(self, X):
        return self.model.predict(X)
{proba}"""
PROBA = """
    def predict_proba(self, X):
        return self.model.predict_proba(X)
"""
CLUSTERS = """# family: kmeans
# title: k-means {number}
from toolkit.kmeans import KMeansClusterer


class Candidate:
    def __init__(self, spec):
        self.model = KMeansClusterer(spec, components={number} % 3 / 10 + 0.7)

    def fit(self, X):
        self.model.fit(X)

    def predict(self, X):
        return self.model.predict(X)
"""
TELLTALE = """# family: telltale
# title: tells what it sees, {number}
class Candidate:
    def __init__(self, spec):
        self.number = {number}

    def fit(self, X, *y):
        told = X.iloc[-40:].to_dict("list"), [list(each[-40:]) for each in y[:1]]
        print(told)
        raise ValueError(f"cannot use {{told}}")

    def predict(self, X):
        return X.iloc[:, 0]
"""
FEATURES = """```python
# name: differences
# idea: numbers set against each other
class Features:
    needs_y = False

    def fit(self, X, y=None):
        self.names = list(X.select_dtypes("number").columns)[:2]

    def transform(self, X):
        first, second = self.names
        return (X[first] - X[second]).rename("difference").to_frame()
```
```python
# name: telltale
# idea: tells what it sees
class Features:
    needs_y = True

    def fit(self, X, y=None):
        raise KeyError(str(X.iloc[0].to_dict()) + str(y.iloc[0]))

    def transform(self, X):
        return X
```
"""


class AnsweringServer:
    """Answers by what a prompt asks for; every second draft fails and tells all it can.

    Attributes:
        prompts: Every conversation that arrived, as text.
        calls: Tokens of each answer.
        is_down: While set, connections are closed without an answer.
    """

    def __init__(self, answer: Callable[[str], str] | None = None) -> None:
        self.prompts: list[str] = []
        self.is_down = threading.Event()
        self._numbers = count(1)
        self._answer = answer or self._usual
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self._thread.start()

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def close(self) -> None:
        """Stop."""
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def _usual(self, prompt: str) -> str:
        number = next(self._numbers)
        if "Write two to four programs" in prompt:
            return FEATURES
        if "`strategy` (one of" in prompt:
            return '{"reason": "the numbers decide", "strategy": "auto"}'
        if "`clusters` (the number)" in prompt:
            return '{"reason": "three kinds", "clusters": 3}'
        if "Answer with one JSON object" in prompt:
            return '{"reason": "nothing is left", "changes": []}'
        if "It was to define `class Features`" in prompt:
            return FEATURES
        is_draft = "Write draft number" in prompt
        if is_draft and number % 2:
            return f"```python\n{TELLTALE.format(number=number)}```"
        return f"```python\n{self._good(prompt, number)}```"

    def _good(self, prompt: str, number: int) -> str:
        if '"kind": "clustering"' in prompt:
            return CLUSTERS.format(number=number)
        is_regression = '"kind": "regression"' in prompt
        return GOOD.format(number=number, proba="" if is_regression else PROBA)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 20

            def do_POST(self) -> None:
                if server.is_down.is_set():
                    self.close_connection = True
                    return
                length = int(self.headers["content-length"])
                body = json.loads(self.rfile.read(length))
                turns = [turn["content"] for turn in body["messages"]]
                server.prompts.append("\n".join(turns))
                self._send(server._answer(turns[1]))

            def _send(self, text: str) -> None:
                message = {"role": "assistant", "content": text}
                choice = {"index": 0, "message": message, "finish_reason": "stop"}
                usage = {
                    "prompt_tokens": 90,
                    "completion_tokens": 10,
                    "total_tokens": 100,
                }
                content = json.dumps({"id": "1", "choices": [choice], "usage": usage})
                self.send_response(200)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content.encode())

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Stay silent; the name is that of the base class."""

        return Handler


def numbers_in(text: str) -> set[str]:
    """Every number of a text, as it is written."""
    return set(re.findall(r"\d+(?:\.\d+)?", text))
