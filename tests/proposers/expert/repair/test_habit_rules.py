"""Cures of habits are tried as long as they change something."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.proposers.expert.repair.conftest import MendAfter

UNSEEDED = "predictions change from one fit to the next with the same seed"


@pytest.mark.parametrize(
    ("drawn", "seeded"),
    [
        ("np.random.default_rng()", "np.random.default_rng(0)"),
        ("np.random.RandomState(None)", "np.random.RandomState(0)"),
        ("random.Random()", "random.Random(0)"),
        ("random.SystemRandom()", "random.Random(0)"),
        ("Forest(random_state=None)", "Forest(random_state=0)"),
        ("os.urandom(8)", "bytes(8)"),
        ("int(time.time())", "int(0)"),
        ("secrets.randbits(32)", "0"),
        ("np.random.seed()", "np.random.seed(0)"),
    ],
)
def test_everything_drawn_gets_a_seed(
    drawn: str, seeded: str, mend_after: "MendAfter"
) -> None:
    source = f"class Candidate:\n    x = {drawn}\n"

    mended = mend_after(source, UNSEEDED, None, kind="contract")

    assert mended is not None
    assert mended.source == source.replace(drawn, seeded)


def test_iterations_have_an_end(mend_after: "MendAfter") -> None:
    source = "class Candidate:\n    model = Lasso(max_iter={count})\n"
    slow = ("it did not converge", "ConvergenceWarning")

    first = mend_after(source.format(count=500), *slow)
    last = mend_after(source.format(count=10_000), *slow)

    assert first is not None
    assert "max_iter=5000" in first.source
    assert last is not None
    assert "(Standardized)" in last.source
    assert mend_after(last.source, *slow) is None


def test_feature_programs_are_not_put_on_one_scale(mend_after: "MendAfter") -> None:
    source = "class Features:\n    model = svd\n"

    mended = mend_after(
        source, "SVD did not converge", "LinAlgError", subject="features"
    )

    assert mended is None


def test_columns_that_may_be_dropped_already_are_left_as_they_are(
    mend_after: "MendAfter",
) -> None:
    source = 'class Candidate:\n    z = X.drop("y", errors="ignore")\n'

    assert mend_after(source, "['y'] not found in axis", "KeyError") is None


@pytest.mark.parametrize(
    ("look", "copied"),
    [
        ("X.values", "X.to_numpy(copy=True)"),
        ("X.to_numpy()", "X.to_numpy(copy=True)"),
        ("np.asarray(X)", "np.array(X)"),
    ],
)
def test_arrays_are_copied_before_they_are_written(
    look: str, copied: str, mend_after: "MendAfter"
) -> None:
    source = f"class Candidate:\n    z = {look}\n    w = d.values()\n"

    mended = mend_after(source, "assignment destination is read-only", "ValueError")

    assert mended is not None
    assert mended.source == source.replace(look, copied)
