"""What is found of sales by rules that were over; at length: cell FC3, and its sabotages."""

from __future__ import annotations

import datetime as dt

from tests.faults.honoured import Guarantee, Judged

OLD, NEW = "a" * 64, "b" * 64
AT = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(microseconds=1)


def judged(snapshot_id: str, at: dt.datetime, **guarantees: Guarantee | None) -> Judged:
    """One sale while the new rules are in force."""
    found = Judged()
    found.add("p", snapshot_id, at, NEW, **guarantees)
    return found


def test_by_the_rules_in_force_nothing_is_wrong() -> None:
    """With a quote of before, too: it was not taken, and the answer said so."""
    assert judged(NEW, AT) == Judged(by_new=1)
    assert judged(NEW, AT, quote=Guarantee(OLD, AT)) == Judged(by_new=1)


def test_rules_of_before_count_while_something_guarantees_them() -> None:
    """The quote until it ends, to the moment; the hold as well."""
    assert judged(OLD, AT, quote=Guarantee(OLD, AT)) == Judged(by_quote=1)
    assert judged(OLD, AT, hold=Guarantee(OLD, AT)) == Judged(by_hold=1)
    over = Guarantee(NEW, LATER)
    assert judged(OLD, AT, quote=over, hold=Guarantee(OLD, LATER)) == Judged(by_hold=1)


def test_rules_that_are_over_are_found() -> None:
    """Of nobody, of a quote or a hold that has ended, of another quote; and of a hold itself."""
    ended = Guarantee(OLD, AT)
    assert judged(OLD, LATER).wrong
    assert judged(OLD, LATER, quote=ended, hold=ended).wrong
    assert judged(OLD, AT, quote=Guarantee(NEW, LATER)).wrong
