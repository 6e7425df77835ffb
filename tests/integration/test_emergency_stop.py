"""The emergency stop: a campaign is closed at once, also for quotes that are still valid."""

from __future__ import annotations

import grpc
import orjson

from checkout.engine.evaluate import evaluate
from checkout.engine.stored_outcome import outcome_of_document
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import outcome_pb2
from tests.oracle.running import FACTS, RECEIPT
from tests.service import world
from tests.service.batching import batched_in_order
from tests.service.running import Service, wait_until
from tests.service.till import line, receipt, refusal_of

#: 20.00 off an apple of 100.00.
OFF_MINOR = 20_00
#: GU9 and the contract's word for what tills see of changes made elsewhere.
PROMISED_S = 2.0


async def test_a_quoted_price_is_not_charged_with_a_stopped_campaign(service: Service) -> None:
    """Confirm answers the fresh price without it; with that the sale goes through."""
    till = service.till()
    sale = receipt(card=world.CARD)
    quoted = await till.quote("p", sale)
    assert quoted.outcome.discount_minor == OFF_MINOR
    stopped = await service.operator().stop("fruit", reason="a typing error in the rate")
    assert (stopped.stopped, stopped.changed) == (True, True)
    answer = await till.confirm("p", sale, quote_token=quoted.quote_token)
    assert answer.status == pb.STATUS_PRICE_CHANGED
    assert answer.quote.outcome.payable_minor == 100_00
    assert answer.quote.outcome.applied[0].code == "earn"
    sold = await till.confirm("p", sale, quote_token=answer.quote.quote_token)
    assert (sold.status, sold.outcome.payable_minor) == (pb.STATUS_OK, 100_00)


async def test_a_live_hold_keeps_its_price(service: Service) -> None:
    """What was promised while it was set aside is charged, and the receipt says by which facts."""
    till = service.till()
    sale = receipt(card=world.CARD)
    held = await till.quote("p", sale, hold=True)
    await service.operator().stop("fruit")
    sold = await till.confirm("p", sale, quote_token=held.quote_token)
    assert (sold.status, sold.outcome.discount_minor) == (pb.STATUS_OK, OFF_MINOR)


async def test_a_quoted_price_is_not_held_with_a_stopped_campaign(service: Service) -> None:
    """Hold answers the fresh price; a hold without a quote is made without the campaign."""
    till = service.till()
    sale = receipt(card=world.CARD)
    quoted = await till.quote("p", sale)
    await service.operator().stop("fruit")
    answer = await till.hold("p", sale, quoted.quote_token)
    assert (answer.status, answer.outcome.discount_minor) == (pb.STATUS_PRICE_CHANGED, 0)
    held = await till.quote("q", sale, hold=True)
    assert (held.status, held.outcome.discount_minor) == (pb.STATUS_OK, 0)


async def test_an_expired_hold_does_not_keep_it(service: Service) -> None:
    """Once its time is over the price is made anew, and has changed."""
    till = service.till()
    sale = receipt(card=world.CARD)
    await till.quote("p", sale, hold=True)
    await service.operator().stop("fruit")
    await service.database.execute("update hold set expires_at = now() - interval '1 second'")
    answer = await till.confirm("p", sale)
    assert answer.status == pb.STATUS_PRICE_CHANGED
    assert answer.quote.outcome.discount_minor == 0


async def test_a_quote_of_other_campaigns_is_honoured(service: Service) -> None:
    """The stop of a campaign that did not apply changes nothing."""
    till = service.till()
    sale = receipt(card=world.CARD)
    quoted = await till.quote("p", sale)
    await service.operator().stop("bread")
    sold = await till.confirm("p", sale, quote_token=quoted.quote_token)
    assert (sold.status, sold.outcome.discount_minor) == (pb.STATUS_OK, OFF_MINOR)


async def test_points_of_a_stopped_campaign_are_not_earned(service: Service) -> None:
    """What is paid is the same, so the sale goes through; it earns nothing more."""
    till = service.till()
    sale = receipt(card=world.CARD)
    quoted = await till.quote("p", sale)
    assert quoted.outcome.points_earned_minor > 0
    await service.operator().stop("earn")
    sold = await till.confirm("p", sale, quote_token=quoted.quote_token)
    assert (sold.status, sold.outcome.points_earned_minor) == (pb.STATUS_OK, 0)


async def test_new_quotes_are_made_without_it_on_every_worker(two_workers: Service) -> None:
    """At once on the worker that stopped it, within two seconds elsewhere; lifted, it is back."""
    sale = receipt(line(), coupons=["SPRING"])
    here, there = two_workers.till(worker=0), two_workers.till(worker=1)
    assert (await there.quote("p", sale)).outcome.discount_minor == OFF_MINOR + 10_00
    for campaign in ("fruit", "spring"):
        await two_workers.operator().stop(campaign)
    quoted = await here.quote("p", sale)
    assert quoted.outcome.discount_minor == 0
    (coupon,) = quoted.outcome.coupons
    assert coupon.status == outcome_pb2.COUPON_STATUS_NOT_IN_FORCE

    async def is_off(minor: int) -> bool:
        return (await there.quote("p", sale)).outcome.discount_minor == minor

    await wait_until(lambda: is_off(0), within_s=PROMISED_S, what="the stop")
    await two_workers.operator().stop("fruit", lift=True)
    await wait_until(lambda: is_off(OFF_MINOR), within_s=PROMISED_S, what="the lift")


async def test_a_full_explanation_names_the_stop(service: Service) -> None:
    """Who asks why a campaign did not apply is told that it was stopped."""
    await service.operator().stop("fruit")
    quoted = await service.till().quote("p", receipt(), explain=pb.EXPLAIN_LEVEL_FULL)
    (fruit,) = [each for each in quoted.outcome.considered if each.campaign == "fruit"]
    assert (fruit.verdict, fruit.condition) == (outcome_pb2.VERDICT_UNMET, "emergency_stop")
    assert "fruit" not in {each.campaign for each in quoted.outcome.nearly}


async def test_a_receipt_replays_with_the_stops_of_its_time(service: Service) -> None:
    """The facts name the stopped campaigns of the program, and no others."""
    await service.operator().stop("fruit")
    await service.till().confirm("p", receipt(card=world.CARD))
    await service.operator().stop("fruit", lift=True)
    row = await service.database.fetchrow("select * from receipt")
    facts = orjson.loads(row["facts"])
    assert facts["stopped"] == ["fruit"]
    snapshot = service.workers[0].library.resident(row["snapshot_id"])
    assert snapshot is not None
    outcome = evaluate(
        snapshot,
        FACTS.validate_python(facts),
        RECEIPT.validate_python(orjson.loads(row["content"])["receipt"]),
    )
    stored = orjson.loads(row["answer"])["answer"]["outcome"]
    assert outcome_of_document(stored) == outcome


async def test_who_stopped_it_and_why_is_kept(service: Service) -> None:
    """Each change has its row; repeating a call or a state adds none."""
    operator = service.operator()
    first = await operator.stop("fruit", request_id="s", reason="too cheap")
    assert await operator.stop("fruit", request_id="s", reason="too cheap") == first
    assert not (await operator.stop("fruit")).changed
    assert (await operator.stop("fruit", lift=True, reason="repaired")).changed
    assert not (await operator.stop("fruit", lift=True)).changed
    rows = await service.database.fetch(
        "select kind, campaign_code, author, reason from intervention order by at"
    )
    assert [tuple(row) for row in rows] == [
        ("campaign_stopped", "fruit", "tester", "too cheap"),
        ("campaign_released", "fruit", "tester", "repaired"),
    ]
    said = await refusal_of(operator.stop("bread", request_id="s"))
    assert (said.code, said.reason) == (grpc.StatusCode.ABORTED, "REQUEST_ID_REUSED")


async def test_another_partners_campaign_of_the_same_code_goes_on(service: Service) -> None:
    """The list is the partner's own; an unknown campaign is told."""
    await service.operator("north").stop("fruit")
    south = await service.till("south-s1-t1").quote("p", receipt())
    assert south.outcome.discount_minor == 40_00
    said = await refusal_of(service.operator("south").stop("soap"))
    assert (said.code, said.reason) == (grpc.StatusCode.NOT_FOUND, "CAMPAIGN_UNKNOWN")


async def test_a_campaign_that_was_published_away_can_be_stopped(service: Service) -> None:
    """Quotes of the rules before are still honoured: the stop ends that, too."""
    till, operator = service.till(), service.operator()
    sale = receipt()
    quotes = [await till.quote(purchase, sale) for purchase in ("p", "q")]
    await service.database.execute("update campaign set status = 'archived' where code = 'fruit'")
    await operator.publish()
    await service.workers[0].follower.step()
    honoured = await till.confirm("p", sale, quote_token=quotes[0].quote_token)
    assert (honoured.status, honoured.outcome.discount_minor) == (pb.STATUS_OK, OFF_MINOR)
    assert (await operator.stop("fruit")).changed
    answer = await till.confirm("q", sale, quote_token=quotes[1].quote_token)
    assert (answer.status, answer.quote.outcome.discount_minor) == (pb.STATUS_PRICE_CHANGED, 0)


async def test_calls_of_one_batch_see_each_other(service: Service) -> None:
    """A stop counts for the sales behind it, a lift too, also where a budget has to be locked."""
    till, operator = service.till(), service.operator()
    answers = await batched_in_order(
        service.workers[0],
        [
            till.confirm("p1", receipt()),
            operator.stop("fruit"),
            till.confirm("p2", receipt()),
            operator.stop("fruit", lift=True),
            till.confirm("p3", receipt()),
        ],
    )
    sold = [answer for answer in answers if isinstance(answer, pb.ConfirmResponse)]
    assert [answer.outcome.discount_minor for answer in sold] == [OFF_MINOR, 0, OFF_MINOR]
    await operator.stop("bread")
    bread = receipt(line("bread", 50_00))
    answers = await batched_in_order(
        service.workers[0],
        [till.confirm("p4", bread), operator.stop("bread", lift=True), till.confirm("p5", bread)],
    )
    sold = [answer for answer in answers if isinstance(answer, pb.ConfirmResponse)]
    assert [answer.outcome.discount_minor for answer in sold] == [0, 10_00]
