"""What is found when a sale has another price without a cache; at length: FC10 and its sabotage."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import orjson

from checkout.client import messages
from checkout.flows.explain import Explained
from checkout.refusals import Reason, Refusal
from tests.faults.journal import Call
from tests.faults.lies import generous
from tests.faults.priced_again import PricedAgain

IN_FORCE = "a" * 64
AT = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def found(payable_minor: int = 100, snapshot_id: str = IN_FORCE, **more: bool) -> list[str]:
    """What is wrong with a sale of 100, if it is priced again so."""
    call = Call("confirm", "Confirm", "c", "p", fate="acknowledged")
    call.answer = messages.ConfirmResponse(status=messages.STATUS_OK)
    call.answer.outcome.payable_minor = 100
    # The engine's own outcome has the same names.
    outcome: Any = messages.Outcome(payable_minor=payable_minor)
    is_exact = more.get("is_exact", True)
    again = PricedAgain()
    again.add(call, Explained(UUID(int=1), snapshot_id, AT, AT, outcome, is_exact, {}), IN_FORCE)
    return again.wrong


def test_another_price_is_found() -> None:
    """As are rules that were never in force, and anything else of the stored answer."""
    assert found() == []
    assert "priced again {'payable': 99" in found(99)[0]
    assert "never in force" in found(snapshot_id="b" * 64)[0]
    assert "something else differs" in found(is_exact=False)[0]


def test_what_cannot_be_priced_again_is_found() -> None:
    """A purchase that was told to be sold, and is not."""
    call = Call("confirm", "Confirm", "c", "p", fate="acknowledged")
    call.answer = messages.ConfirmResponse(status=messages.STATUS_OK)
    again = PricedAgain()
    again.add(call, Refusal(Reason.PURCHASE_UNKNOWN, "there is no such purchase"), IN_FORCE)
    assert again.wrong == ["p: cannot be priced again: there is no such purchase"]


def test_a_lie_about_a_campaign_gives_more_and_can_be_read() -> None:
    """Rates and amounts are doubled; parts that are no campaigns stay as they are."""
    rewards = [{"kind": "percent", "rate_bp": 2_000}, {"kind": "amount", "amount_minor": 5_00}]
    lie = orjson.loads(generous(orjson.dumps({"code": "fruit", "rewards": rewards})))
    assert lie["rewards"] == [
        {"kind": "percent", "rate_bp": 4_000},
        {"kind": "amount", "amount_minor": 10_00},
    ]
    assert generous(b'[{"code":"apple"}]') == b'[{"code":"apple"}]'
