"""Tills of the fault cells keep to the guide: they neither give up nor hammer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.faults.journal import Call, Journal
from tests.faults.load import Load
from tests.faults.tills import ATTEMPTS, Operators, Tills

if TYPE_CHECKING:
    from checkout.client import CheckoutClient, OperatorClient, messages

#: Nobody listens there.
NOWHERE = "127.0.0.1:1"
PATIENCE_S = 1.5
#: After three attempts; with pauses that did not grow there would be ten.
QUESTIONS_MAX = 3


async def test_pauses_grow_while_nobody_answers() -> None:
    """A call is repeated, then asked about, each time after twice the pause; it stays unknown."""
    tills = Tills([NOWHERE], "any", Journal(), seed=7, timeout_factor=1)
    until = time.monotonic() + PATIENCE_S
    call = Call("confirm", "Confirm", "r", "p")

    async def make(client: CheckoutClient) -> messages.GetPurchaseResponse:
        return await client.get_purchase(call.purchase_id)

    try:
        await tills.carry_out(call, make, lambda: until)
    finally:
        await tills.close()
    assert call.fate == "unknown"
    assert call.attempts == ATTEMPTS
    assert call.questions <= QUESTIONS_MAX


async def test_an_operators_call_that_nobody_answers_stays_unknown() -> None:
    """It is repeated and never asked about: GetOperation does not know it."""
    journal = Journal()
    operators = Operators([NOWHERE], "any", journal, seed=7, timeout_factor=1)
    until = time.monotonic()
    call = Call("gift", "GiveGift", "r", "")

    async def make(client: OperatorClient) -> object:
        return await client.give_gift("r", "nobody", "mug", "a test")

    try:
        await operators.carry_out(call, make, lambda: until)
    finally:
        await operators.close()
    assert (call.fate, call.attempts, call.questions) == ("unknown", ATTEMPTS, 0)
    assert journal.unresolved == [call]


async def test_calls_give_up_when_nobody_is_answered_any_more() -> None:
    """Only then: what is left without an answer is unknown, and fails its cell."""
    journal = Journal()
    tills = Tills([NOWHERE], "any", journal, seed=7, timeout_factor=1)
    load = Load(tills, journal, ["7700000000"], seed=7, mix={"hold": 1})
    try:
        load.start("hold")
        assert await load.settle(PATIENCE_S) > PATIENCE_S
    finally:
        await tills.close()
    assert [call.kind for call in journal.unresolved] == ["hold"]


def test_errors_that_no_fault_excuses_are_found() -> None:
    """Also those of questions; that an outcome is unknown is no such error."""
    journal = Journal()
    journal.said.update(
        {
            "INTERNAL INTERNAL": 2,
            "GetOperation UNKNOWN (no answer)": 1,
            "UNAVAILABLE OUTCOME_UNKNOWN": 5,
            "OUTCOME_UNKNOWN": 3,
            "DEADLINE_EXCEEDED (no answer)": 7,
        }
    )
    assert journal.broken == {"INTERNAL INTERNAL": 2, "GetOperation UNKNOWN (no answer)": 1}
