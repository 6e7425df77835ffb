"""ListReceipts: what a member bought and gave back, newest first, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import grpc
import pytest

from checkout.v1 import operator_service_pb2 as op
from tests.service import world
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service

SALE = op.MEMBER_RECEIPT_KIND_SALE
RETURN = op.MEMBER_RECEIPT_KIND_RETURN
CREDIT = op.MEMBER_RECEIPT_KIND_CREDIT


async def pages(service: Service, member_id: str, size: int = 0) -> list[list[op.MemberReceipt]]:
    """All pages of a member."""
    got: list[list[op.MemberReceipt]] = []
    token = ""
    while not got or token:
        request = op.ListReceiptsRequest(member_id=member_id, page_size=size, page_token=token)
        page: op.ListReceiptsResponse = await service.operator().call("ListReceipts", request)
        got.append(list(page.receipts))
        token = page.next_page_token
    return got


async def test_sales_returns_and_credits_are_told_newest_first(service: Service) -> None:
    """Each with its sums; what others bought is not among them."""
    till = service.till()
    member = await service.ann()
    assert await pages(service, member) == [[]]
    sale = receipt(line("apple"), line("towel", position=2), card=world.CARD, points_minor=1_00)
    sold = await till.confirm("spends", sale)
    await till.confirm("guest", receipt(line("apple")))
    await till.confirm("forgotten", receipt(line("apple")))
    back = await till.take_back("spends", return_id="back")
    credited = await till.credit("forgotten")
    ((credit, returned, bought),) = await pages(service, member)
    assert (bought.kind, bought.purchase_id, bought.mode) == (SALE, "spends", "online")
    assert (bought.store, bought.terminal) != ("", "")
    outcome = sold.outcome
    assert (bought.amount_minor, bought.payable_minor) == (
        outcome.amount_minor,
        outcome.payable_minor,
    )
    assert (bought.points_spent_minor, bought.points_value_minor) == (1_00, 1_00)
    assert bought.points_earned_minor == outcome.points_earned_minor > 0
    given = bought.discount_minor + bought.points_value_minor + bought.payable_minor
    assert given == bought.amount_minor
    assert (returned.kind, returned.purchase_id, returned.return_id) == (RETURN, "spends", "back")
    given_back = back.returned.money_minor
    assert (returned.payable_minor, returned.points_spent_minor) == (given_back, 1_00)
    assert (credit.kind, credit.purchase_id) == (CREDIT, "forgotten")
    assert credit.points_earned_minor == credited.outcome.points_earned_minor > 0
    assert credit.payable_minor == credited.outcome.payable_minor > 0


@pytest.mark.parametrize("size", [1, 2, 3, 5])
async def test_pages_hold_everything_once(service: Service, size: int) -> None:
    """Also where the kinds take turns, and where a page ends with the last of them."""
    till = service.till()
    member = await service.ann()
    for each in range(3):
        await till.confirm(f"p{each}", receipt(line("apple"), card=world.CARD))
        if each:
            await till.take_back(f"p{each}", return_id=f"r{each}")
    got = await pages(service, member, size)
    assert [each.return_id or each.purchase_id for page in got for each in page] == [
        *("r2", "p2", "r1", "p1", "p0")
    ]
    assert [len(page) for page in got[:-1]] == [size] * (len(got) - 1)
    assert got[-1]


async def test_a_foreign_members_receipts_are_not_told(service: Service) -> None:
    """Nor is it told that there is one."""
    member = await service.ann()
    for operator, asked in (
        (service.operator("south"), member),
        (service.operator(), str(uuid4())),
    ):
        request = op.ListReceiptsRequest(member_id=asked)
        said = await refusal_of(operator.call("ListReceipts", request))
        assert (said.code, said.reason) == (grpc.StatusCode.NOT_FOUND, "MEMBER_UNKNOWN")


@pytest.mark.parametrize("size", [1, 3, 10])
async def test_what_a_member_of_households_bought_is_the_members(
    service: Service, size: int
) -> None:
    """Before, in one household, between, in another: wherever the rows lie, and nobody else's."""
    till, operator = service.till(), service.operator()
    member = await service.ann()
    other = (await till.identify(card=world.GOLD_CARD)).member_id
    named = []
    for turn in range(3):
        for purchase_id, card in (
            (f"mine-{turn}", world.CARD),
            (f"theirs-{turn}", world.GOLD_CARD),
        ):
            await till.confirm(purchase_id, receipt(line("apple"), card=card))
        named.append(f"mine-{turn}")
        await till.confirm(f"guest-{turn}", receipt(line("apple")))
        await till.credit(f"guest-{turn}", world.CARD)
        named.append(f"guest-{turn}")
        await operator.leave_household(member)
        await operator.leave_household(other)
        await operator.household(member, other)
    await till.take_back("mine-1", return_id="back")
    named.append("back")
    got = await pages(service, member, size)
    assert [each.return_id or each.purchase_id for page in got for each in page] == named[::-1]
    assert [len(page) for page in got[:-1]] == [size] * (len(got) - 1)


async def test_a_household_is_no_member(service: Service) -> None:
    """It has no receipts of its own, and no code brings it to a sale."""
    household_id = await service.operator().household(await service.ann())
    request = op.ListReceiptsRequest(member_id=household_id)
    said = await refusal_of(service.operator().call("ListReceipts", request))
    assert said.reason == "MEMBER_UNKNOWN"
    said = await refusal_of(service.operator().qr(household_id))
    assert said.reason == "MEMBER_UNKNOWN"
