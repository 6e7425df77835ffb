"""Returns as a till sees them: asked, made, repeated, looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from checkout.v1 import checkout_service_pb2 as pb
from tests.races.ledger_state import make_members
from tests.service import world
from tests.service.batching import batched_in_order
from tests.service.till import fresh, line, receipt, refusal_of, return_lines

if TYPE_CHECKING:
    from tests.service.running import Service


async def sold(service: Service) -> str:
    """Three towels at 20.00 and one bread at 40.00, 10.00 of which are taken off."""
    purchase_id = fresh("sold")
    towels = line("towel", 20_00, 1, quantity_milli=3_000)
    sale = receipt(towels, line("bread", 40_00, 2), card=world.CARD)
    await service.till().confirm(purchase_id, sale)
    return purchase_id


async def test_what_is_quoted_is_what_comes_back(service: Service) -> None:
    """The question changes nothing; the answer is the same; a purchase tells what came back."""
    till = service.till()
    purchase_id = await sold(service)
    before = await service.rows()
    quoted = await till.quote_return(purchase_id, {1: 1_000, 2: 1_000})
    assert await service.rows() == before
    assert quoted.money_minor == 20_00 + 30_00
    returned = await till.take_back(purchase_id, {1: 1_000, 2: 1_000})
    assert returned.returned.lines == quoted.lines
    told = await till.purchase(purchase_id)
    assert told.state == pb.PURCHASE_STATE_CONFIRMED
    assert list(told.returned) == return_lines({1: 1_000, 2: 1_000})
    left = await till.quote_return(purchase_id)
    assert [(each.position, each.quantity_milli) for each in left.lines] == [(1, 2_000)]
    assert left.is_all


async def test_a_return_between_question_and_answer_is_told(service: Service) -> None:
    """Two tills show the customer the same money; the second is told that it is another now."""
    till = service.till()
    purchase_id = await sold(service)
    shown = await till.quote_return(purchase_id)
    await till.take_back(purchase_id, {1: 1_000})
    late = await till.take_back(purchase_id, shown_money_minor=shown.money_minor)
    assert late.status == pb.STATUS_PRICE_CHANGED
    assert late.returned.money_minor == shown.money_minor - 20_00
    assert list((await till.purchase(purchase_id)).returned) == return_lines({1: 1_000})
    again = await till.take_back(purchase_id, shown_money_minor=late.returned.money_minor)
    assert again.status == pb.STATUS_OK


async def test_a_return_is_made_once(service: Service) -> None:
    """Repeated under its ids, by another request, or asked for: the first answer; else refused."""
    till = service.till()
    purchase_id = await sold(service)
    first = await till.take_back(purchase_id, {1: 1_000}, return_id="b1", request_id="r1")
    assert await till.take_back(purchase_id, {1: 1_000}, return_id="b1", request_id="r1") == first
    assert await till.take_back(purchase_id, {1: 1_000}, return_id="b1", request_id="r2") == first
    operation = await till.operation("ConfirmReturn", "r1")
    assert operation.state == pb.OPERATION_STATE_DONE
    assert operation.confirm_return == first
    other = await refusal_of(till.take_back(purchase_id, {1: 2_000}, return_id="b1"))
    assert other.reason == "RETURN_CONFIRMED"
    for lines, return_id in (({1: 2_000}, "b1"), ({1: 1_000}, "b2")):
        call = till.take_back(purchase_id, lines, return_id=return_id, request_id="r1")
        assert (await refusal_of(call)).reason == "REQUEST_ID_REUSED"
    assert list((await till.purchase(purchase_id)).returned) == return_lines({1: 1_000})


async def test_another_store_takes_back_and_another_partner_does_not(service: Service) -> None:
    """Goods may come back to any store of the partner; others do not know the purchase."""
    purchase_id = await sold(service)
    stranger = await refusal_of(service.till("south-s1-t1").take_back(purchase_id))
    assert stranger.reason == "PURCHASE_UNKNOWN"
    answer = await service.till("north-s2-t1").take_back(purchase_id)
    assert answer.returned.is_all


async def test_a_return_may_wait_together_with_its_sale(service: Service) -> None:
    """In one batch with the confirm before it, the return is made as if it came later."""
    till = service.till()
    sale = receipt(line("towel", 20_00))
    confirmed, returned = await batched_in_order(
        service.workers[0], [till.confirm("both", sale), till.take_back("both")]
    )
    assert isinstance(confirmed, pb.ConfirmResponse)
    assert isinstance(returned, pb.ConfirmReturnResponse)
    assert confirmed.status == returned.status == pb.STATUS_OK
    assert returned.returned.money_minor == 20_00


async def test_a_statement_tells_old_lots_from_new_ones(service: Service) -> None:
    """Half of the points come back to a lot that lives, half as a new one for a month."""
    lenient = {"returns": {"expired_points_days": 30}, "redemption": {"rate_bp": 10_000}}
    await world.put_program(service.database, world.NORTH, world.program(**lenient))
    await service.operator().publish()
    await service.workers[0].follower.step()
    (card,) = await make_members(service, 1, 0)
    till = service.till()
    member_id = (await till.identify(card=card)).member_id
    for _ in range(2):
        await service.operator().adjust(member_id, 10_00)
    sale = receipt(line("towel", 20_00), card=card, points_minor=20_00)
    await till.confirm("sale", sale)
    expire = (
        "update lot set expires_at = now() - interval '1 hour' where lot_id = "
        "(select min(lot_id::text)::uuid from lot where member_id = $1)"
    )
    await service.database.execute(expire, UUID(member_id))
    await till.take_back("sale")
    newer, older, *_ = (await till.statement(card)).entries
    (fresh_lot,), (old_lot,) = newer.lots, older.lots
    assert newer.amount_minor == older.amount_minor == 10_00
    assert fresh_lot.expires_at < old_lot.expires_at


async def publish_recomputed(service: Service) -> None:
    """Receipts of 100.00 and more are a fifth cheaper, and their rest is evaluated anew."""
    program = world.program(returns={"policy": "recomputed"})
    large = world.campaign(
        "large",
        {"kind": "percent", "lane": "goods", "rate_bp": 2_000, "goods": {"skus": ["towel"]}},
        when={"kind": "receipt_amount", "compare": "at_least", "amount_minor": 100_00},
    )
    await world.put_program(service.database, world.NORTH, program)
    await world.put_campaign(service.database, world.NORTH, large)
    await service.operator().publish()
    for worker in service.workers:
        await worker.follower.step()


async def test_a_rest_that_costs_more_is_told_and_asked_for_once(service: Service) -> None:
    """Question, answer, repetition and look-up say the same; another till is told another sum."""
    await publish_recomputed(service)
    till = service.till()
    purchase_id = fresh("sold")
    await till.confirm(purchase_id, receipt(line("towel", 20_00, quantity_milli=6_000)))
    before = await service.rows()
    quoted = await till.quote_return(purchase_id, {1: 2_000})
    assert await service.rows() == before
    # 120.00 less a fifth were paid; 80.00 stay without it.
    assert (quoted.policy, quoted.money_minor) == (pb.RETURN_POLICY_RECOMPUTED, 16_00)
    (towels,) = quoted.lines
    assert (towels.amount_minor, towels.money_minor) == (40_00, 16_00)
    assert [(each.campaign, each.discount_minor) for each in towels.discounts] == [("large", 24_00)]
    first = await till.take_back(purchase_id, {1: 2_000}, return_id="a1", request_id="q1")
    assert list(first.returned.lines) == list(quoted.lines)
    assert await till.take_back(purchase_id, {1: 2_000}, return_id="a1", request_id="q1") == first
    assert (await till.operation("ConfirmReturn", "q1")).confirm_return == first
    late = await till.take_back(purchase_id, {1: 1_000}, shown_money_minor=16_00)
    assert (late.status, late.returned.money_minor) == (pb.STATUS_PRICE_CHANGED, 20_00)
    last = await till.take_back(purchase_id)
    assert (last.returned.money_minor, last.returned.is_all) == (80_00, True)


async def test_a_receipt_goes_by_the_rules_of_its_own_sale(service: Service) -> None:
    """What was sold under one policy comes back under it, whatever is published since."""
    till = service.till()
    goods = receipt(line("towel", 20_00, quantity_milli=6_000))
    await till.confirm("by shares", goods)
    await publish_recomputed(service)
    await till.confirm("anew", goods)
    await world.put_program(service.database, world.NORTH, world.program())
    await service.operator().publish()
    await service.workers[0].follower.step()
    for purchase_id, policy in (
        ("by shares", pb.RETURN_POLICY_STORED_SHARES),
        ("anew", pb.RETURN_POLICY_RECOMPUTED),
    ):
        for _ in range(2):
            answer = await till.take_back(purchase_id, {1: 1_000})
            assert answer.returned.policy == policy
