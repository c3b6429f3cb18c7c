"""When boosting stops."""

from collections.abc import Sequence

from toolkit.patience import Patience


def rounds_until_over(patience: Patience, losses: Sequence[float]) -> int | None:
    for count, loss in enumerate(losses, start=1):
        if patience.is_over(loss):
            return count
    return None


def test_it_waits_its_base_after_the_best_round() -> None:
    patience = Patience(50, 1_000)

    assert rounds_until_over(patience, [3, 2, 1] + [2] * 100) == 53
    assert patience.best_round == 3


def test_a_late_best_round_is_waited_for_longer() -> None:
    patience = Patience(20, 1_000)
    losses = [1000 - count for count in range(300)] + [5000] * 500

    assert rounds_until_over(patience, losses) == 300 + 110


def test_many_rows_need_less_patience_but_never_less_than_twenty() -> None:
    assert Patience(100, 20_000).base == 50
    assert Patience(100, 10_000_000).base == 20
