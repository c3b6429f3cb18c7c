"""Calls to models are written down before they are sent, so that a crash hides none."""

from pathlib import Path

from engine.bills import Bills, read_bills
from proposers.spending import NOTHING_SPENT, Spent

MOST = Spent(1, 9_000, 0.5, 300.0)
ACTUAL = Spent(1, 700, 0.25, 2.0)


def test_a_call_counts_as_the_most_it_may_take_until_it_is_settled(
    tmp_path: Path,
) -> None:
    path = tmp_path / "calls.jsonl"
    bill = Bills(path).open("ask")

    call = bill.reserve(MOST)
    assert read_bills(path) == {"ask": MOST}
    bill.settle(call, ACTUAL, "hello")

    assert read_bills(path) == {"ask": ACTUAL}
    assert bill.total == ACTUAL
    assert bill.said == ["hello"]


def test_an_ask_that_goes_on_after_a_crash_begins_with_what_was_spent(
    tmp_path: Path,
) -> None:
    path = tmp_path / "calls.jsonl"
    crashed = Bills(path).open("ask")
    crashed.settle(crashed.reserve(MOST), ACTUAL, "first")
    crashed.reserve(MOST)

    again = Bills(path).open("ask")
    again.settle(again.reserve(MOST), ACTUAL, "once more")

    assert again.before == ACTUAL + MOST
    assert again.total == ACTUAL + MOST + ACTUAL
    assert read_bills(path) == {"ask": again.total}


def test_a_line_that_was_torn_off_hides_no_other(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    bill = Bills(path).open("one")
    bill.reserve(MOST)
    with path.open("ab") as file:
        file.write(b'{"key": "torn')

    Bills(path).open("two").reserve(ACTUAL)

    assert read_bills(path) == {"one": MOST, "two": ACTUAL}


def test_a_bill_is_closed_once(tmp_path: Path) -> None:
    bills = Bills(tmp_path / "calls.jsonl")
    opened = bills.open("ask")

    assert bills.close("ask") is opened
    assert bills.close("ask") is None
    assert opened.total == NOTHING_SPENT
