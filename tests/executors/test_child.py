"""What candidate code meets in its process, and how its failures are described."""

import os
from typing import TYPE_CHECKING

import pytest

from executors.program import ViewSource

if TYPE_CHECKING:
    from tests.executors.conftest import Bench


async def test_an_exception_comes_back_with_its_own_lines_and_trace(
    bench: "Bench",
) -> None:
    outcome = await bench.failure(
        bench.candidate(fit="deeper = lambda: X['missing']\ndeeper()")
    )

    assert (outcome.kind, outcome.stage) == ("exception", "fit")
    assert outcome.exception == "KeyError"
    assert outcome.message == "'missing'"
    assert outcome.lines == (
        "7: deeper()",
        "6: deeper = lambda: X['missing']",
    )
    assert 'File "candidate.py", line 7, in fit' in outcome.trace
    assert "executors" not in outcome.trace


@pytest.mark.parametrize(
    ("source", "kind", "stage", "exception"),
    [
        ("class Candidate(", "exception", "load", "SyntaxError"),
        ("import nonexistent_thing", "exception", "load", "ModuleNotFoundError"),
        ("x = 1", "contract", "load", None),
        ("Candidate = 3", "contract", "load", None),
        ("raise SystemExit(0)", "exception", "load", "SystemExit"),
        ("raise KeyboardInterrupt", "exception", "load", "KeyboardInterrupt"),
    ],
)
async def test_sources_that_do_not_load_are_told_apart(
    bench: "Bench", source: str, kind: str, stage: str, exception: str | None
) -> None:
    outcome = await bench.failure(bench.program(source))

    assert (outcome.kind, outcome.stage) == (kind, stage)
    assert outcome.exception == exception


async def test_a_syntax_error_names_its_line(bench: "Bench") -> None:
    outcome = await bench.failure(bench.program("a = 1\nb = = 2\n"))

    assert outcome.lines == ("2: b = = 2",)


@pytest.mark.parametrize(
    ("predict", "message"),
    [
        ("return np.ones((40, 3)) / 3", "shape (40, 3), expected (40, 2)"),
        ("return np.ones(40)", "predict_proba has shape (40, 1), expected (40, 2)"),
        ("return np.ones((7, 2)) / 2", "predict_proba has shape (7, 2), expected"),
        ("return np.ones((40, 2, 1)) / 2", "shape (40, 2, 1)"),
        ("return np.full((40, 2), np.nan)", "80 values that are not finite"),
        ("return np.ones((40, 2))", "40 rows that do not sum to 1"),
        ("return np.tile([1.5, -0.5], (40, 1))", "negative probabilities"),
        ("return [['a', 'b']] * 40", "not numbers"),
        ("return None", "predict_proba returned None"),
        ("return [[1], [1, 2]]", "not numbers"),
    ],
)
async def test_predictions_that_break_the_contract_are_named(
    bench: "Bench", predict: str, message: str
) -> None:
    outcome = await bench.failure(bench.candidate(predict=predict))

    assert (outcome.kind, outcome.stage, outcome.exception)[::2] == ("contract", None)
    assert message in outcome.message


async def test_a_failing_feature_program_is_told_by_the_stage(bench: "Bench") -> None:
    view = (ViewSource(name="v", source="class Features: pass", columns=("a",)),)
    program = bench.candidate().model_copy(update={"view": view})

    outcome = await bench.failure(program)

    assert (outcome.kind, outcome.stage) == ("exception", "features")
    assert outcome.exception == "AttributeError"


async def test_an_exception_without_a_message_of_its_own_is_still_reported(
    bench: "Bench",
) -> None:
    fit = """
    class Odd(Exception):
        def __str__(self): raise ValueError
    raise Odd
    """

    outcome = await bench.failure(bench.candidate(fit=fit))

    assert (outcome.kind, outcome.exception) == ("exception", "Odd")


async def test_endless_recursion_is_an_exception(bench: "Bench") -> None:
    fit = "f = lambda n: f(n + 1); f(0)"

    outcome = await bench.failure(bench.candidate(fit=fit))

    assert (outcome.kind, outcome.exception) == ("exception", "RecursionError")
    assert len(outcome.trace) <= 8192


async def test_no_variable_of_the_host_reaches_the_child(
    bench: "Bench", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAGE_SECRET", "value")

    outcome = await bench.success(
        bench.candidate(fit="import os; print(*sorted(os.environ), os.getcwd())")
    )

    *names, folder = outcome.output.split()
    assert "SAGE_SECRET" not in names
    foreign = set(names) & set(os.environ) - {"PATH", "HOME", "LANG", "TZ", "TMPDIR"}
    assert not foreign
    assert "PYTHONPATH" not in names
    assert folder not in map(str, bench.pool._folder.iterdir())


async def test_the_scratch_folder_is_empty_writable_and_removed(bench: "Bench") -> None:
    fit = """
    import os, tempfile
    print(os.listdir("."), os.getcwd() == tempfile.gettempdir() == os.environ["HOME"])
    os.makedirs("a/b"); open("a/b/c", "w").write("x" * 1000)
    """

    outcome = await bench.success(bench.candidate(fit=fit))

    assert outcome.output == "[] True\n"
    assert not list(bench.pool._folder.glob("job-*"))


async def test_only_a_few_descriptors_are_open(bench: "Bench") -> None:
    fit = "import os; print(len(os.listdir('/proc/self/fd')))"

    outcome = await bench.success(bench.candidate(fit=fit))

    # Standard streams, result, model, trace, two mapped tables, the listing itself.
    assert int(outcome.output) == 9


async def test_nothing_runs_after_the_result(bench: "Bench") -> None:
    fit = """
    import atexit, threading, time
    atexit.register(time.sleep, 15)
    threading.Thread(target=time.sleep, args=(15,)).start()
    """

    outcome = await bench.success(bench.candidate(fit=fit))

    assert outcome.usage.seconds < 10


async def test_a_model_that_cannot_be_pickled_costs_only_the_model(
    bench: "Bench",
) -> None:
    program = bench.candidate(fit="self.lock = __import__('threading').Lock()")

    outcome = await bench.success(program.model_copy(update={"keeps_model": True}))

    assert outcome.model is None
    assert "the model cannot be kept: TypeError" in outcome.output
