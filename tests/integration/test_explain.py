"""Explain: a confirmed purchase is evaluated again from what was stored with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import operator_service_pb2 as op
from checkout.v1 import outcome_pb2
from checkout.v1.receipt_pb2 import AlreadyPaid, GivenDiscount
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service
    from tests.service.till import Till

_FULL = pb.EXPLAIN_LEVEL_FULL


async def explain(
    till: Till, purchase_id: str, level: pb.ExplainLevel, about: str = ""
) -> pb.ExplainResponse:
    request = pb.ExplainRequest(purchase_id=purchase_id, explain=level, explain_campaign=about)
    answer: pb.ExplainResponse = await till.call("Explain", request)
    return answer


async def test_what_was_sold_is_told_again_exactly(service: Service) -> None:
    """However much has changed since: rules, balance, goods that came back."""
    till = service.till()
    sale = receipt(line("towel"), card=world.CARD, points_minor=10_00, coupons=["NONE"])
    sold = await till.confirm("p", sale)
    await service.operator().stop("earn")
    await till.confirm("later", receipt(card=world.CARD, points_max=True))
    await till.take_back("p")
    told = await explain(till, "p", pb.EXPLAIN_LEVEL_UNSPECIFIED)
    assert told.is_exact
    assert told.outcome == sold.outcome
    assert (told.receipt_id, told.snapshot_id) == (sold.receipt_id, sold.snapshot_id)
    assert told.confirmed_at == sold.confirmed_at


async def test_the_levels_say_more_each(service: Service) -> None:
    """None, applied and full; the last covers a campaign that no index reached, if it is asked."""
    till = service.till()
    await till.confirm("p", receipt(line("towel"), card=world.CARD))
    none, applied, full = [
        await explain(till, "p", level)
        for level in (pb.EXPLAIN_LEVEL_NONE, pb.EXPLAIN_LEVEL_APPLIED, _FULL)
    ]
    assert not none.outcome.nearly
    assert not applied.outcome.considered
    assert "spring" not in {each.campaign for each in full.outcome.considered}
    asked = await explain(till, "p", _FULL, "spring")
    (spring,) = (each for each in asked.outcome.considered if each.campaign == "spring")
    assert spring.verdict == outcome_pb2.VERDICT_UNMET
    for told in (none, applied, full):
        assert told.is_exact
        del told.outcome.nearly[:]
        del told.outcome.considered[:]
    assert none.outcome == applied.outcome == full.outcome


async def test_what_colleagues_wrote_is_told_and_stored_nowhere(service: Service) -> None:
    """Of campaigns that are named, by the rules of the sale; tills do not hear of it in a sale."""
    fruit, *_ = world.campaigns("north")
    wrote = "For the harvest; ends with it"
    document = fruit | {"description": wrote}
    await world.put_campaign(service.database, world.NORTH, document)
    await service.operator().publish()
    await service.workers[0].follower.step()
    till = service.till()
    sold = await till.confirm("p", receipt(line(), line("towel", position=2), card=world.CARD))
    assert wrote not in str(sold)
    stored = await service.database.fetchval(
        "select convert_from(content || answer || facts, 'UTF8') from receipt"
    )
    assert wrote not in stored
    await world.put_campaign(service.database, world.NORTH, fruit)
    await service.operator().publish()
    told = await explain(till, "p", _FULL)
    assert told.is_exact
    assert dict(told.descriptions) == {"fruit": wrote}
    assert len(told.outcome.considered) > 1


async def test_a_hold_is_told_with_the_facts_it_was_priced_with(service: Service) -> None:
    """Also if fewer points were spent than it kept."""
    till = service.till()
    sale = receipt(line("towel", 1000_00), card=world.CARD, points_minor=300_00)
    await till.quote("p", sale, hold=True)
    fewer = receipt(line("towel", 1000_00), card=world.CARD, points_minor=100_00)
    fewer.local_time = sale.local_time
    sold = await till.confirm("p", fewer)
    assert sold.outcome.redemption.points_minor == 100_00
    told = await explain(till, "p", pb.EXPLAIN_LEVEL_APPLIED)
    assert told.is_exact
    assert told.outcome == sold.outcome


@pytest.mark.parametrize("held", [True, False])
async def test_what_was_not_sold_is_not_explained(service: Service, *, held: bool) -> None:
    """Held, cancelled and unknown purchases have no receipt."""
    till = service.till()
    said = await refusal_of(explain(till, "p", _FULL))
    assert said.reason == "PURCHASE_UNKNOWN"
    if held:
        await till.quote("p", receipt(card=world.CARD), hold=True)
        said = await refusal_of(explain(till, "p", _FULL))
        assert said.reason == "PURCHASE_NOT_CONFIRMED"
    await till.cancel("p")
    said = await refusal_of(explain(till, "p", _FULL))
    assert said.reason == "PURCHASE_CANCELLED"


async def test_purchases_of_other_partners_are_unknown(service: Service) -> None:
    """As if there were none."""
    await service.till().confirm("p", receipt(card=world.CARD))
    said = await refusal_of(explain(service.till("south-s1-t1"), "p", _FULL))
    assert said.reason == "PURCHASE_UNKNOWN"


async def test_what_was_stored_otherwise_is_noticed(service: Service) -> None:
    """`is_exact` can be false: facts with another balance give another maximum of points."""
    till = service.till()
    await till.confirm("p", receipt(line("towel"), card=world.CARD))
    stored = await service.database.fetchval("select facts from receipt where purchase_id = 'p'")
    facts = orjson.loads(stored)
    facts["member"]["points"] = dict.fromkeys(facts["member"]["points"], 1)
    async with service.database.transaction():
        await service.database.execute("set local session_replication_role = replica")
        await service.database.execute(
            "update receipt set facts = $1 where purchase_id = 'p'", orjson.dumps(facts)
        )
    assert not (await explain(till, "p", _FULL)).is_exact


@pytest.mark.parametrize("is_guest", [True, False])
async def test_what_a_till_sold_by_itself_is_told_as_it_was_given(
    service: Service, *, is_guest: bool
) -> None:
    """With its discounts, those of campaigns nobody knows, and its points; at any level alike."""
    till = service.till()
    paid = AlreadyPaid(
        discounts=[
            GivenDiscount(position=1, campaign="earn", amount_minor=5_00),
            GivenDiscount(position=1, campaign="nobody-knows", amount_minor=1_00),
        ],
        points_minor=2_00,
    )
    sale = receipt(line("towel"), card="" if is_guest else world.CARD)
    sold = (await till.submit("p", sale, paid)).confirmed
    assert sold.status == pb.STATUS_OK
    assert sold.outcome.discount_minor == 5_00
    for level in (pb.EXPLAIN_LEVEL_NONE, pb.EXPLAIN_LEVEL_APPLIED, _FULL):
        told = await explain(till, "p", level)
        assert told.is_exact
        assert told.outcome == sold.outcome


async def test_operators_are_told_what_tills_are(service: Service) -> None:
    """Of any store's receipt of their partner, at each level; of others that there is none."""
    till, operator = service.till(), service.operator()
    await till.confirm("p", receipt(line("towel"), card=world.CARD, points_minor=10_00))
    await till.quote("held", receipt(), hold=True)
    for level, about in ((pb.EXPLAIN_LEVEL_UNSPECIFIED, ""), (_FULL, ""), (_FULL, "spring")):
        request = op.ExplainPurchaseRequest(purchase_id="p", explain=level, explain_campaign=about)
        answer: op.ExplainPurchaseResponse = await operator.call("ExplainPurchase", request)
        assert answer.explained == await explain(till, "p", level, about)
        assert answer.explained.is_exact
    for who, purchase_id, reason in (
        (operator, "held", "PURCHASE_NOT_CONFIRMED"),
        (operator, "nothing", "PURCHASE_UNKNOWN"),
        (service.operator("south"), "p", "PURCHASE_UNKNOWN"),
    ):
        asked = op.ExplainPurchaseRequest(purchase_id=purchase_id)
        assert (await refusal_of(who.call("ExplainPurchase", asked))).reason == reason
    faulty = op.ExplainPurchaseRequest(purchase_id="p", explain_campaign="spring")
    said = await refusal_of(operator.call("ExplainPurchase", faulty))
    assert (said.reason, said.fields) == ("FIELD_INVALID", ("explain_campaign",))
    strange = op.ExplainPurchaseRequest(purchase_id="p", language="fr")
    said = await refusal_of(operator.call("ExplainPurchase", strange))
    assert (said.reason, said.fields) == ("FIELD_INVALID", ("language",))


async def test_a_sale_is_explained_as_the_till_priced_it_that_held_it(service: Service) -> None:
    """Goods are held at one till and paid for at another; only the first has an offer.

    The price is the hold's, also for fewer points, and a forgotten card is credited for it.
    """
    await world.put_program(
        service.database,
        world.NORTH,
        world.program(accrual={"dates": {"days": 365}, "credit_later_days": 7}),
    )
    here = {"kind": "place", "terminals": [{"store": "s1", "terminal": "t2"}]}
    offer = {"kind": "percent", "lane": "goods", "rate_bp": 1_000}
    await world.put_campaign(
        service.database,
        world.NORTH,
        world.campaign("here", offer, when=here, budget={"uses": 2}),
    )
    await service.operator().publish()
    await service.workers[0].follower.step()
    first, second = service.till("north-s1-t2"), service.till()
    guest = receipt(line("towel", 100_00))
    held = await first.quote("guest", guest, hold=True)
    sold = await second.confirm("guest", guest, quote_token=held.quote_token)
    assert (sold.status, sold.outcome.payable_minor) == (pb.STATUS_OK, 90_00)
    assert (await explain(second, "guest", _FULL)).is_exact
    credited = await second.credit("guest")
    assert credited.outcome.payable_minor == 90_00
    ann = receipt(line("towel", 100_00), card=world.CARD, points_minor=5_00)
    held = await first.quote("ann", ann, hold=True)
    ann.points_minor = 2_00
    sold = await second.confirm("ann", ann)
    assert (sold.status, sold.outcome.payable_minor) == (pb.STATUS_OK, 88_00)
    assert (await explain(second, "ann", _FULL)).is_exact
    assert await violations(service) == []
