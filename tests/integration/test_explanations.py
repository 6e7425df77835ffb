"""A quote explains itself as much as it is asked to, over gRPC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import outcome_pb2
from tests.service import world
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.running import Service

_FULL = pb.EXPLAIN_LEVEL_FULL


def verdicts(answer: pb.QuoteResponse) -> dict[str, str]:
    """What became of each candidate."""
    return {
        each.campaign: outcome_pb2.Verdict.Name(each.verdict).removeprefix("VERDICT_")
        for each in answer.outcome.considered
    }


async def test_the_levels_differ_in_nothing_but_the_explanation(service: Service) -> None:
    """None, applied and full have the same figures; each says more than the one before."""
    till = service.till()
    sale = receipt(line("towel"), card=world.CARD, coupons=["NONE"])
    by_default = await till.quote("p", sale)
    answers = [
        await till.quote("p", sale, explain=level)
        for level in (pb.EXPLAIN_LEVEL_NONE, pb.EXPLAIN_LEVEL_APPLIED, _FULL)
    ]
    assert not answers[0].outcome.nearly
    assert answers[1].outcome == by_default.outcome
    assert not answers[1].outcome.considered
    assert answers[2].outcome.considered
    for answer in answers:
        del answer.outcome.nearly[:]
        del answer.outcome.considered[:]
    assert answers[0].outcome == answers[1].outcome == answers[2].outcome


async def test_a_full_explanation_covers_every_candidate_and_the_one_asked_about(
    service: Service,
) -> None:
    """The coupon's campaign is reached by no index without its code, and explained if asked for."""
    till = service.till()
    unasked = verdicts(await till.quote("p", receipt(card=world.CARD), explain=_FULL))
    assert unasked["fruit"] == unasked["earn"] == "APPLIED"
    assert "spring" not in unasked
    asked = await till.quote(
        "p", receipt(card=world.CARD), explain=_FULL, explain_campaign="spring"
    )
    assert verdicts(asked) == {**unasked, "spring": "UNMET"}
    (spring,) = (each for each in asked.outcome.considered if each.campaign == "spring")
    assert (spring.condition, spring.needed) == ("coupon", world.COUPON)
    unknown = await till.quote("p", receipt(card=world.CARD), explain=_FULL, explain_campaign="no")
    assert verdicts(unknown) == unasked


async def test_offers_stand_in_a_full_explanation_if_they_win(service: Service) -> None:
    """120.00 and more gets 30.00 off: with 100.00 in the basket that is worth while, alone."""
    document = world.campaign(
        "thirty-off",
        {"kind": "amount", "per": "receipt", "lane": "receipt", "amount_minor": 30_00},
        when={"kind": "receipt_amount", "compare": "at_least", "amount_minor": 120_00},
    )
    await world.put_campaign(service.database, world.NORTH, document)
    await service.operator().publish()
    await service.workers[0].follower.step()
    till = service.till()
    assert not (await till.quote("p", receipt(line("towel")))).offers
    (offer,) = (await till.quote("p", receipt(line("towel")), explain=_FULL)).offers
    assert (offer.campaign, offer.sku, offer.missing_minor, offer.saving_minor) == (
        "thirty-off",
        "",
        20_00,
        30_00,
    )
