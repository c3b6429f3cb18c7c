"""The task as settled."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.task import Task, TaskKind


@settings(max_examples=20)
@given(task=st.from_type(Task))
def test_a_task_survives_being_written(task: Task) -> None:
    assert Task.model_validate_json(task.model_dump_json()) == task


@settings(max_examples=3)
@given(task=st.from_type(Task))
def test_there_are_four_kinds_of_task(task: Task) -> None:
    assert len(TaskKind) == 4
    with pytest.raises(ValidationError, match="enum"):
        Task.model_validate(task.model_dump() | {"kind": "ranking"})
