"""A fitted model is kept whole or not at all, and then with the reason."""

import os
from collections.abc import Iterator

import cloudpickle
import pytest

from executors import model_file
from executors.model_file import keep_model


@pytest.fixture
def descriptor() -> Iterator[int]:
    file = os.memfd_create("model")
    yield file
    os.close(file)


def test_a_model_is_kept_as_it_is(descriptor: int) -> None:
    assert keep_model({"share": 0.5}, descriptor) == ""

    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        assert cloudpickle.load(file) == {"share": 0.5}


def test_of_a_model_over_the_limit_nothing_is_kept_but_the_reason(
    descriptor: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(model_file, "MODEL_LIMIT_BYTES", 2 * model_file.MEBIBYTE)

    why = keep_model(bytes(3 * model_file.MEBIBYTE), descriptor)

    assert why == "it is over the size limit of 2 MiB"
    assert os.fstat(descriptor).st_size == 0
    assert f"the model cannot be kept: {why}" in capsys.readouterr().out


def test_of_a_model_that_cannot_be_pickled_the_type_is_told(descriptor: int) -> None:
    why = keep_model((n for n in "ab"), descriptor)

    assert why == "TypeError: cannot pickle 'generator' object"
    assert os.fstat(descriptor).st_size == 0
