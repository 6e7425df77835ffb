"""A terminal that tries out card numbers finds out nothing: not after a few that nobody has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import grpc
import pytest

from checkout.flows.till_members import WINDOW_S, Guesses
from checkout.settings import Settings
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2
from checkout.v1.receipt_pb2 import RECEIPT_MODE_TRAINING
from tests.service import world
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service
    from tests.service.till import Till

BOUND: Final[int] = Settings.model_fields["unknown_cards_per_minute"].default


async def guess(till: Till) -> None:
    """Show as many unknown cards as are answered."""
    for number in range(BOUND):
        said = await refusal_of(till.identify(card=f"29000077{number:05}"))
        assert said.reason == "MEMBER_UNKNOWN", number


async def test_a_till_that_guesses_is_told_of_no_card(service: Service) -> None:
    """Whatever call asks; what was unknown stays so, and other tills go on."""
    till = service.till()
    await guess(till)
    for call in (
        till.identify(card=world.CARD),
        till.identify(phone="+79001234567"),
        till.identify(card="2900009999999"),
        till.balance_minor(),
        till.statement(),
    ):
        said = await refusal_of(call)
        assert said.code is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert said.reason == "TOO_MANY_UNKNOWN"
    assert (await refusal_of(till.identify(card="2900007700000"))).reason == "MEMBER_UNKNOWN"
    assert (await service.till("north-s1-t2").identify(card=world.CARD)).member_id


async def test_a_sale_goes_on_without_a_member(service: Service) -> None:
    """The quote says why there is none; the confirm finds the member as ever, and says so."""
    till = service.till()
    await guess(till)
    sale = receipt(line("soap", 20_00), card=world.CARD)
    quoted = await till.quote("p", sale)
    assert quoted.identifier_reason == error_reason_pb2.ERROR_REASON_TOO_MANY_UNKNOWN
    assert not quoted.HasField("member")
    assert quoted.outcome.payable_minor == 20_00
    sold = await till.confirm("p", sale)
    assert sold.HasField("member")
    assert sold.status == pb.STATUS_OK
    unknown = receipt(line("soap", 20_00), card="2900009999999")
    assert (await till.confirm("q", unknown)).status == pb.STATUS_OK
    late = await till.submit("r", receipt(line("soap", 20_00), card=world.CARD))
    assert late.confirmed.HasField("member")


@pytest.mark.parametrize("call", ["hold", "confirm", "exercise"])
async def test_whatever_prices_a_sale_counts(service: Service, call: str) -> None:
    """A sale that was held or confirmed told of a card as well as a question does."""
    till = service.till()
    for number in range(BOUND):
        sale = receipt(line("soap", 20_00), card=f"29000077{number:05}")
        if call == "exercise":
            sale.mode = RECEIPT_MODE_TRAINING
        answer: pb.QuoteResponse | pb.ConfirmResponse
        if call == "hold":
            answer = await till.quote(f"p{number}", sale, hold=True)
        else:
            answer = await till.confirm(f"p{number}", sale)
        assert answer.identifier_reason == error_reason_pb2.ERROR_REASON_MEMBER_UNKNOWN
    assert (await refusal_of(till.identify(card=world.CARD))).reason == "TOO_MANY_UNKNOWN"


async def test_what_is_no_sale_yet_tells_who_guesses_nothing(service: Service) -> None:
    """Held for a guest and sold to one at that price; an exercise brings nobody either."""
    till = service.till()
    before = receipt(line("soap", 20_00), card=world.CARD)
    assert (await till.quote("told", before, hold=True)).HasField("member")
    await guess(till)
    sale = receipt(line("soap", 20_00), card=world.CARD)
    sale.local_time = before.local_time
    held = await till.quote("p", sale, hold=True)
    assert (held.status, held.hold.hold_id != "") == (pb.STATUS_OK, True)
    assert held.identifier_reason == error_reason_pb2.ERROR_REASON_TOO_MANY_UNKNOWN
    assert not held.HasField("member")
    sold = await till.confirm("p", sale, quote_token=held.quote_token)
    assert (sold.status, sold.HasField("member")) == (pb.STATUS_OK, False)
    exercise = receipt(line("soap", 20_00), card=world.CARD, mode=RECEIPT_MODE_TRAINING)
    practised = await till.confirm("e", exercise)
    assert practised.identifier_reason == error_reason_pb2.ERROR_REASON_TOO_MANY_UNKNOWN
    # What was told before stays told: another line does not take the hold from the member.
    more = receipt(line("soap", 20_00), line("bread", 5_00, 2), card=world.CARD)
    again = await till.quote("told", more, hold=True)
    assert again.HasField("member")
    assert (await till.confirm("told", more, quote_token=again.quote_token)).HasField("member")


async def test_a_card_that_is_quoted_again_and_again_counts_once(service: Service) -> None:
    """A till quotes after each line that is scanned: that is one customer, not many guesses."""
    till = service.till()
    for number in range(2 * BOUND):
        sale = receipt(line("apple", quantity_milli=1_000), card="2900007700000")
        quoted = await till.quote(f"p{number}", sale)
        assert quoted.identifier_reason == error_reason_pb2.ERROR_REASON_MEMBER_UNKNOWN
    assert (await till.identify(card=world.CARD)).member_id


@pytest.mark.parametrize(("per_minute", "refused"), [(0, False), (2, True), (3, False)])
def test_the_bound_is_a_setting(per_minute: int, refused: bool) -> None:
    """So many different ones in a minute; 0 is no bound."""
    guesses = Guesses(per_minute, lambda: 0.0)
    for digest in (b"a", b"b", b"b"):
        guesses.add(world.NORTH, digest)
    assert guesses.are_too_many(world.NORTH, b"c") == refused
    assert not guesses.are_too_many(world.NORTH, b"a")
    assert not guesses.are_too_many(world.SOUTH, b"c")


def test_a_minute_later_one_may_ask_again() -> None:
    """Each guess counts for a minute from when it was first made, and is then forgotten."""
    now = 0.0
    guesses = Guesses(2, lambda: now)
    guesses.add(world.NORTH, b"a")
    now = WINDOW_S / 2
    guesses.add(world.NORTH, b"b")
    assert guesses.are_too_many(world.NORTH, b"c")
    now = WINDOW_S
    assert not guesses.are_too_many(world.NORTH, b"c")
    now = 2 * WINDOW_S
    assert not guesses.are_too_many(world.NORTH, b"c")
    assert not guesses._shown, "a till that is silent takes no memory"
    for number in range(10):
        guesses.add(world.NORTH, bytes([number]))
    assert len(guesses._shown[world.NORTH]) == 2, "nor one that guesses on more than its bound"
