"""ListOverruns: what tills gave away without the service, and what of it did not fit."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from checkout.v1 import operator_service_pb2 as op
from checkout.v1 import outcome_pb2
from checkout.v1.receipt_pb2 import (
    AlreadyPaid,
    GivenDiscount,
    Identifier,
    Settlement,
    TakenCertificate,
)
from tests.integration.test_bind_card import NEW_CARD
from tests.races.ledger_state import make_members
from tests.service import world
from tests.service.till import fresh, line, receipt, refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service

EARLIER = world.business_day(5)
DAY = dt.date.fromisoformat(EARLIER)


async def listed_page(
    service: Service, last_day: str = EARLIER, partner: str = "north", **fields: Any
) -> op.ListOverrunsResponse:
    request = op.ListOverrunsRequest(first_day=DAY.isoformat(), last_day=last_day, **fields)
    answer: op.ListOverrunsResponse = await service.operator(partner).call("ListOverruns", request)
    return answer


async def overruns(service: Service, *days: str, **fields: Any) -> list[op.Overruns]:
    return list((await listed_page(service, *days, **fields)).overruns)


async def test_who_gave_away_most_comes_first_with_all_that_did_not_fit(service: Service) -> None:
    """By terminal, or by member and all guests together; of these days and this partner only."""
    poor, rich = await make_members(service, 2, 5_00)
    till = service.till()
    (certificate,) = await service.operator().issue_certificates("gift", 1, activate=True)
    taken = TakenCertificate(code=certificate, amount_minor=120_00)
    for card, paid in (
        (poor, AlreadyPaid(points_minor=20_00)),
        (poor, AlreadyPaid(points_minor=7_00)),
        (rich, AlreadyPaid(points_minor=5_00)),
        ("", AlreadyPaid(certificates=[taken])),
        ("", AlreadyPaid(discounts=[GivenDiscount(position=1, campaign="x", amount_minor=1)])),
    ):
        sale = receipt(line("soap", 200_00), card=card) if card else receipt(line("soap", 200_00))
        result = await till.submit(fresh("sold"), sale, paid, Settlement(business_day=EARLIER))
        assert result.HasField("confirmed"), result
    # What fits and gives nothing away is nobody's overrun, nor is another day's.
    await till.submit("plain", receipt(), settlement=Settlement(business_day=EARLIER))
    await till.submit("later", receipt(card=rich), AlreadyPaid(points_minor=1))
    (of_till,) = await overruns(service)
    assert (of_till.store, of_till.terminal, of_till.member_id) == ("s1", "t1", "")
    assert (of_till.receipts, of_till.given_away_minor, of_till.flagged) == (5, 152_00, 4)
    totals = {total.kind: (total.times, total.amount) for total in of_till.totals}
    assert totals == {
        outcome_pb2.FLAG_KIND_CAMPAIGN_UNKNOWN: (1, 1),
        outcome_pb2.FLAG_KIND_CERTIFICATE_OWED: (1, 20_00),
        outcome_pb2.FLAG_KIND_POINTS_OWED: (2, 22_00),
    }
    ids = [(await till.identify(card=card)).member_id for card in (poor, rich)]
    guests, first, second = await overruns(service, by=op.OVERRUNS_BY_MEMBER)
    assert [guests.member_id, first.member_id, second.member_id] == ["", *ids]
    given = [each.given_away_minor for each in (guests, first, second)]
    assert given == [120_00, 27_00, 5_00]
    assert (first.store, first.receipts, first.flagged, second.flagged) == ("", 2, 2, 0)
    assert await overruns(service, by=op.OVERRUNS_BY_MEMBER, page_size=1) == [guests]
    assert await overruns(service, partner="south") == []


async def test_each_card_of_a_member_has_its_own_overruns(service: Service) -> None:
    """As the allowance per card counts them; who shows none has those of a card of its own."""
    till, old, phone = service.till(), "2900000000550", "+79001230077"
    member_id = (await till.enrol(card=old, phone=phone)).member.member_id
    await till.bind(NEW_CARD, shown=old)
    unknown = GivenDiscount(position=1, campaign="x", amount_minor=1)
    for shown, paid in (
        (Identifier(card=old), AlreadyPaid(points_minor=20_00)),
        (Identifier(card=NEW_CARD), AlreadyPaid(points_minor=30_00)),
        (Identifier(phone=phone), AlreadyPaid(points_minor=9_00)),
        (Identifier(card=old), AlreadyPaid(points_minor=15_00)),
        # It draws on no allowance: nobody knows any more which card it was.
        (Identifier(card=old), AlreadyPaid(discounts=[unknown])),
    ):
        sale = receipt(line("soap", 200_00), identifier=shown)
        day = Settlement(business_day=EARLIER)
        assert (await till.submit(fresh("sold"), sale, paid, day)).HasField("confirmed")
    listed = await overruns(service, by=op.OVERRUNS_BY_CARD)
    assert [(each.card, each.receipts, each.given_away_minor) for each in listed] == [
        ("…0550", 2, 35_00),
        ("…0994", 1, 30_00),
        ("", 2, 9_00),
    ]
    assert {each.member_id for each in listed} == {member_id}
    (together,) = await overruns(service, by=op.OVERRUNS_BY_MEMBER)
    assert (together.member_id, together.given_away_minor) == (member_id, 74_00)


async def test_pages_of_overruns_together_are_the_whole(service: Service) -> None:
    """Also where many gave away the same: each stands on one page; other tokens are refused."""
    till, cards = service.till(), await make_members(service, 7, 50_00)
    for number, card in enumerate(cards):
        paid = AlreadyPaid(points_minor=10_00 if number else 20_00)
        day = Settlement(business_day=EARLIER)
        await till.submit(fresh("sold"), receipt(card=card), paid, day)
    by = op.OVERRUNS_BY_CARD
    whole = await overruns(service, by=by)
    assert len(whole) == len(cards)
    pages, token = [], ""
    while True:
        page = await listed_page(service, by=by, page_size=3, page_token=token)
        pages.append(list(page.overruns))
        if not (token := page.next_page_token):
            break
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [each for page in pages for each in page] == whole
    for token in ("1", "1/2", f"-1/2/{uuid4()}", f"1/{2**63}/{uuid4()}", "1/2/x"):
        said = await refusal_of(overruns(service, page_token=token))
        assert (said.reason, said.fields) == ("FIELD_INVALID", ("page_token",))
    said = await refusal_of(overruns(service, by=99))
    assert (said.reason, said.fields) == ("FIELD_INVALID", ("by",))


@pytest.mark.parametrize(
    ("last_day", "reason"),
    [
        ("", "FIELD_REQUIRED"),
        ("1 June", "FIELD_INVALID"),
        ("2026-05-31", "FIELD_OUT_OF_RANGE"),
        ("2026-07-02", "FIELD_OUT_OF_RANGE"),
    ],
)
async def test_days_that_cannot_be_listed_are_refused(
    service: Service, last_day: str, reason: str
) -> None:
    """Both are named, in order, and not more than a month."""
    said = await refusal_of(overruns(service, last_day))
    assert (said.reason, said.fields) == (reason, ("last_day",))
