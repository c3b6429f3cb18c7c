"""What an ensemble gains is shared out among its new members."""

import pytest

from agents.credit import Credit
from schemas.ensemble import Ensemble
from tests.agents.samples import make_candidate, make_ensemble, make_fit


def ensemble(score: float, **weights: float) -> Ensemble:
    model = make_ensemble([make_fit(make_candidate(), [score])])
    member = model.members[0]
    members = tuple(
        member.model_copy(update={"candidate": name, "weight": weight})
        for name, weight in weights.items()
    )
    return model.model_copy(update={"members": members, "score": score})


@pytest.mark.parametrize(("sign", "after"), [(1.0, 0.84), (-1.0, 0.76)])
def test_new_members_share_a_gain_by_weight(sign: float, after: float) -> None:
    credit = Credit(sign)
    credit.take(ensemble(0.8, old=1.0))
    credit.wait_for("a")
    credit.wait_for("b")

    told = credit.take(ensemble(after, old=0.6, a=0.3, b=0.1))

    assert told == {"a": pytest.approx(0.03), "b": pytest.approx(0.01)}


def test_a_loss_is_no_gain_and_the_first_ensemble_tells_nothing() -> None:
    credit = Credit(1.0)
    credit.wait_for("a")

    assert credit.take(ensemble(0.9, a=1.0)) == {"a": 0.0}
    credit.wait_for("b")
    assert credit.take(ensemble(0.8, b=1.0)) == {"b": 0.0}


def test_who_is_left_out_twice_brought_nothing() -> None:
    credit = Credit(1.0)
    credit.take(ensemble(0.8, old=1.0))
    credit.wait_for("a")

    assert credit.take(ensemble(0.9, old=1.0)) == {}
    assert credit.take(ensemble(0.95, old=1.0)) == {"a": 0.0}
    assert credit.take(ensemble(0.99, a=1.0)) == {}
