"""Facts of a sale: derived values only, the same bytes for the same facts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson
import pytest

from checkout.engine.facts import Facts, MemberState
from checkout.engine.schema.program import Lane, LanePhase, PointCurrency, Program
from checkout.flows.sale_facts import dump_facts, sale_facts
from checkout.flows.traits import Traits
from checkout.ledger.book import MemberBook
from checkout.ledger.rows import Participation
from tests.unit.ledger_values import MEMBER, NOW, member_with

TODAY = dt.date(2026, 11, 21)
MAIN = Program(
    code="main",
    name="Main",
    currencies=(PointCurrency(code="points", name="Points"),),
    lanes=(Lane(code="off", phase=LanePhase.DISCOUNT),),
)
TRAITS: dict[str, Any] = {
    "segments": ["b", "a"],
    "tags": ["friend"],
    "attributes": {"children": 2, "vegan": True, "since": "2020-01-31"},
    "favourites": ["fruit"],
    "consents": ["sms"],
    "lifecycle": "active",
    "offers": {"only-you": {"value": 1_500, "skus": ["x", "y"], "categories": ["dairy"]}},
    "spend": {"30": 500, "30/food": 300},
    "visits": {"7": 2},
    "activities": {"review/90": 1},
}


def facts_of(member: MemberBook | None, today: dt.date = TODAY, **more: Any) -> Facts:
    return sale_facts(
        member, {}, {}, frozenset(), {}, program=MAIN, today=today, now=NOW, valid_at=NOW, **more
    )


def state_of(member: MemberBook, today: dt.date = TODAY) -> MemberState:
    state = facts_of(member, today).member
    assert state is not None
    return state


def test_all_traits_are_told() -> None:
    """Whatever the document may hold arrives in the engine's facts."""
    assert set(TRAITS) == set(Traits.model_fields)
    assert Traits.model_validate(TRAITS).model_dump(mode="json", exclude_defaults=True) == TRAITS
    member = member_with()
    member.traits = TRAITS
    state = state_of(member)
    assert state.segments == {"a", "b"}
    assert state.tags == {"friend"}
    assert state.attributes == {"children": 2, "vegan": True, "since": "2020-01-31"}
    assert state.favourites == {"fruit"}
    assert state.consents == {"sms"}
    assert state.lifecycle == "active"
    assert state.offers["only-you"].value == 1_500
    assert state.offers["only-you"].skus == {"x", "y"}
    assert state.offers["only-you"].categories == {"dairy"}
    assert (state.spend, state.visits) == ({"30": 500, "30/food": 300}, {"7": 2})
    assert state.activities == {"review/90": 1}


def test_of_a_new_member_nothing_is_known() -> None:
    """What is absent stays unknown; no purchase was made so far."""
    member = member_with()
    member.participations["main"] = Participation(0, MEMBER, "main", "gold", NOW)
    state = state_of(member)
    expected = MemberState(member_id=str(MEMBER), tier="gold", points={"pts": 0})
    assert state == expected


@pytest.mark.parametrize(
    ("born", "age", "to_birthday", "since_birthday"),
    [
        (dt.date(1990, 11, 21), 36, 0, 0),
        (dt.date(1990, 11, 22), 35, 1, 364),
        (dt.date(2026, 11, 21), 0, 0, 0),
        (dt.date(2027, 1, 1), None, None, None),
    ],
)
def test_a_date_of_birth_becomes_age_and_days(
    born: dt.date, age: int | None, to_birthday: int | None, since_birthday: int | None
) -> None:
    """The date itself goes no further; one that has not come yet is not known."""
    member = member_with()
    member.birth_date = born
    state = state_of(member)
    assert state.age_years == age
    assert (state.days_to_birthday, state.days_since_birthday) == (to_birthday, since_birthday)
    assert born.isoformat().encode() not in dump_facts(facts_of(member))


@pytest.mark.parametrize("today", [dt.date.min, dt.date.max])
def test_a_receipt_of_another_age_has_no_birthday(today: dt.date) -> None:
    """It is refused for its time; until then it breaks nothing."""
    member = member_with()
    member.birth_date = dt.date(1990, 2, 28)
    assert state_of(member, today).age_years is None


@pytest.mark.parametrize(
    ("last", "days"),
    [
        (None, None),
        (dt.date(2026, 11, 21), 0),
        (dt.date(2026, 10, 20), 32),
        (dt.date(2026, 11, 22), 0),
    ],
)
def test_days_since_the_last_purchase(last: dt.date | None, days: int | None) -> None:
    """Calendar days of the tills; where it is tomorrow already it was today."""
    member = member_with()
    member.member.purchases, member.member.last_purchase_on = 3, last
    state = state_of(member)
    assert (state.purchases, state.days_since_purchase) == (3, days)


def test_equal_facts_have_equal_bytes() -> None:
    """In whatever order rows, sets and documents were read."""
    one, other = member_with(), member_with()
    one.traits = TRAITS
    other.traits = dict(reversed(TRAITS.items())) | {
        "segments": ["a", "b"],
        "spend": {"30/food": 300, "30": 500},
    }
    assert dump_facts(facts_of(one)) == dump_facts(facts_of(other))
    stored = orjson.loads(dump_facts(facts_of(one)))
    assert stored["member"]["segments"] == ["a", "b"]
    assert stored["limit_uses"] == stored["coupon_series"] == {}
    assert stored["stopped"] == []
