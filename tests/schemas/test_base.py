"""What every schema shares."""

import math

import pytest
from pydantic import ValidationError

from schemas.base import BlobRef, Frozen


class Measured(Frozen):
    value: float


def test_a_value_never_changes() -> None:
    ref = BlobRef(digest="ab", size=2)

    with pytest.raises(ValidationError, match="frozen"):
        ref.size = 3  # type: ignore[misc]


def test_a_value_can_be_a_key() -> None:
    assert len({BlobRef(digest="ab", size=2), BlobRef(digest="ab", size=2)}) == 1


def test_a_field_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        BlobRef.model_validate({"digest": "ab", "size": 2, "color": "red"})


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_can_be_read_again(value: float) -> None:
    written = Measured(value=value).model_dump_json()

    read = Measured.model_validate_json(written).value

    assert read == value or (math.isnan(read) and math.isnan(value))
