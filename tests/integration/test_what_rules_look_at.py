"""What rules look at beside goods: the till of the token, the member's profile, the cashier."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1.error_reason_pb2 import ERROR_REASON_LIMIT_REFUSES_SALE
from checkout.v1.receipt_pb2 import PlannedTender, Settlement, Tender
from tests.service import world
from tests.service.running import wait_until
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service

TOWEL: dict[str, Any] = {"kind": "amount", "lane": "goods", "amount_minor": 10_00}


async def put_in_force(service: Service, *campaigns: dict[str, Any]) -> None:
    """Publish campaigns on top of the world's, and let the worker follow."""
    for document in campaigns:
        await world.put_campaign(service.database, world.NORTH, document)
    await service.operator().publish()
    await service.workers[0].follower.step()


async def put_words(service: Service, words: str) -> None:
    """What rules may name, as a manager would leave it."""
    await service.database.execute(
        "update partner set words = $2 where partner_id = $1", world.NORTH, words
    )


def towel(**more: Any) -> dict[str, Any]:
    return world.campaign("towel", TOWEL | {"goods": {"skus": ["towel"]}}, **more)


async def test_the_till_is_that_of_the_token(service: Service) -> None:
    """A rule for one till of one store: no message can pretend to come from it."""
    till = {"store": "s1", "terminal": "t2"}
    await put_in_force(service, towel(when={"kind": "place", "terminals": [till]}))
    sale = receipt(line("towel", 50_00))
    payable = {
        token: (await service.till(token).quote("p", sale)).outcome.payable_minor
        for token in ("north-s1-t1", "north-s1-t2", "north-s2-t1")
    }
    assert payable == {"north-s1-t1": 50_00, "north-s1-t2": 40_00, "north-s2-t1": 50_00}


async def test_a_new_member_has_a_birthday(service: Service) -> None:
    """The date of birth of the enrolment is told to rules as days, and stored with no receipt."""
    await put_in_force(service, towel(when={"kind": "birthday"}))
    born = dt.datetime.now(dt.UTC).date().replace(year=1988)
    till = service.till()
    for card, birth_date in (("2900000000994", born), ("2900000000987", dt.date(1988, 1, 1))):
        await till.enrol(card=card, birth_date=birth_date.isoformat(), gender="female")
    sale = receipt(line("towel", 50_00), card="2900000000994")
    assert (await till.confirm("p", sale)).outcome.payable_minor == 40_00
    sale = receipt(line("towel", 50_00), card="2900000000987")
    birthday_by_chance = (born.month, born.day) == (1, 1)
    assert (await till.quote("q", sale)).outcome.payable_minor == (
        40_00 if birthday_by_chance else 50_00
    )
    facts = await service.database.fetchval("select convert_from(facts, 'UTF8') from receipt")
    assert '"days_to_birthday":0' in facts
    assert born.isoformat() not in facts


async def test_traits_that_change_reach_the_next_quote(service: Service) -> None:
    """Who writes a profile throws the member out of the cache in the same transaction."""
    await put_words(service, '{"segments": ["young"]}')
    await put_in_force(service, towel(when={"kind": "segment", "segments": ["young"]}))
    till = service.till()
    sale = receipt(line("towel", 50_00), card=world.CARD)

    async def payable_minor() -> int:
        return (await till.quote("p", sale)).outcome.payable_minor

    member_id = (await till.identify(card=world.CARD)).member_id
    assert await payable_minor() == 50_00
    for traits, expected in (('{"segments": ["young"]}', 40_00), ("{}", 50_00)):
        await service.database.execute(
            "update member_profile set traits = $2 where member_id = $1", member_id, traits
        )

        async def is_told(expected: int = expected) -> bool:
            return await payable_minor() == expected

        await wait_until(is_told, what="the new profile")


async def test_purchases_are_counted_with_the_sale(service: Service) -> None:
    """Each confirmed sale counts once, a repeated one does not; the next sale sees it."""
    await put_in_force(service, towel(when={"kind": "purchase_number", "number": 2}))
    till = service.till()
    sale = receipt(line("towel", 50_00), card=world.CARD)
    first = await till.confirm("one", sale)
    assert first.outcome.payable_minor == 50_00
    assert await till.confirm("one", sale) == first
    assert (await till.confirm("two", sale)).outcome.payable_minor == 40_00
    assert (await till.confirm("three", sale)).outcome.payable_minor == 50_00
    rows = await service.database.fetch("select purchases, last_purchase_on from member")
    counted = [tuple(row) for row in rows if row["purchases"]]
    assert counted == [(3, dt.datetime.now(dt.UTC).date())]


@pytest.mark.parametrize(
    ("permission", "granted_minor"), [("senior", 5_00), ("junior", 0), ("", 0)]
)
async def test_a_discount_by_hand_needs_its_permission(
    service: Service, permission: str, granted_minor: int
) -> None:
    """It is granted as far as the program allows it; what is cut is explained."""
    program = world.program(
        manual_discounts={"permissions": [{"code": "senior", "rate_bp": 1_000}]}
    )
    await world.put_program(service.database, world.NORTH, program)
    await put_in_force(service)
    sale = receipt(line("towel", 50_00, manual_discount_minor=7_00), manual_permission=permission)
    confirmed = await service.till().confirm("p", sale)
    outcome = confirmed.outcome
    assert outcome.manual_discount_minor == granted_minor
    assert outcome.lines[0].manual_discount_minor == granted_minor
    assert outcome.payable_minor == 50_00 - granted_minor
    (cut,) = outcome.cuts
    assert (cut.campaign, cut.wanted_minor, cut.granted_minor) == ("", 7_00, granted_minor)
    stored = await service.database.fetchrow(
        "select manual_discount_minor, payable_minor from receipt"
    )
    assert tuple(stored) == (granted_minor, 50_00 - granted_minor)


async def test_a_sale_above_a_limit_is_rejected_with_its_numbers(service: Service) -> None:
    """Quote and hold name the limit, a confirm says the reason; nothing is written."""
    program = world.program(
        limits=[
            {
                "code": "towels",
                "name": "Two towels a day",
                "measure": "units",
                "bound": 2,
                "period": "day",
                "above": "refuse_sale",
                "goods": {"skus": ["towel"]},
            }
        ]
    )
    await world.put_program(service.database, world.NORTH, program)
    await put_in_force(service)
    till = service.till()
    await till.confirm("one", receipt(line("towel", 50_00), card=world.CARD))
    before = await service.rows()
    sale = receipt(
        line("towel", 50_00, quantity_milli=2_000), card=world.CARD, points_minor=10_000_00
    )
    quoted = await till.quote("two", sale)
    assert (quoted.status, quoted.quote_token) == (pb.STATUS_REJECTED, "")
    # The points are too many as well; the limit stands first in the contract.
    assert quoted.reason == ERROR_REASON_LIMIT_REFUSES_SALE
    (refused,) = quoted.outcome.refused
    assert (refused.limit, refused.name) == ("towels", "Two towels a day")
    assert (refused.wanted, refused.left) == (2, 1)
    held = await till.quote("two", sale, hold=True)
    rejected = (pb.STATUS_REJECTED, ERROR_REASON_LIMIT_REFUSES_SALE)
    assert (held.status, held.reason) == rejected
    assert not held.HasField("hold")
    confirmed = await till.confirm("two", sale)
    assert (confirmed.status, confirmed.reason) == rejected
    after = await service.rows()
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "request_key": 2
    }


async def test_the_token_of_a_card_is_no_card(service: Service) -> None:
    """A token is looked at by rules; the number itself is refused, however it is written."""
    await put_in_force(service, towel(when={"kind": "tender", "tokens": ["tok-1"]}))
    till = service.till()
    for token, payable_minor in (("tok-1", 40_00), ("tok-2", 50_00)):
        sale = receipt(
            line("towel", 50_00), planned_tenders=[PlannedTender(kind="card", token=token)]
        )
        assert (await till.quote("p", sale)).outcome.payable_minor == payable_minor
    number = PlannedTender(kind="card", token="4111 1111 1111 1111")
    said = await refusal_of(till.quote("p", receipt(planned_tenders=[number])))
    assert said.reason == "PAYMENT_CARD_NUMBER"
    assert "4111" not in said.message


async def test_a_limit_of_money_holds_over_confirms_and_holds(service: Service) -> None:
    """What is held and used is taken from what is left, in the limit's own measure."""
    limit = {
        "code": "money",
        "name": "25.00 a week",
        "measure": "discount",
        "bound": 25_00,
        "period": "week",
    }
    await put_in_force(service, towel(limits=[limit]))
    till = service.till()
    sale = receipt(line("towel", 50_00, quantity_milli=2_000), card=world.CARD)
    held = await till.quote("one", sale, hold=True)
    assert held.outcome.discount_minor == 20_00
    other = await till.quote("two", sale)
    assert other.outcome.discount_minor == 5_00
    (cut,) = other.outcome.cuts
    assert (cut.limit, cut.wanted_minor, cut.granted_minor) == ("money", 20_00, 5_00)
    await till.cancel("one")
    assert (await till.confirm("two", sale)).outcome.discount_minor == 20_00
    assert (await till.confirm("three", sale)).outcome.discount_minor == 5_00
    assert (await till.confirm("four", sale)).outcome.discount_minor == 0
    slot = await service.database.fetchrow("select campaign_code, used, held from limit_slot")
    assert tuple(slot) == ("towel", 25_00, 0)


async def test_a_discount_for_cards_is_not_paid_in_cash(service: Service) -> None:
    """A tender outside the plan that a campaign used makes it another receipt, held or not."""
    await put_in_force(service, towel(when={"kind": "tender", "kinds": ["card"], "bins": ["4276"]}))
    till = service.till()
    planned = [PlannedTender(kind="card", bin="427612")]
    sale = receipt(line("towel", 50_00), planned_tenders=planned)

    def paid(*tenders: Tender) -> Settlement:
        return Settlement(tenders=tenders)

    cash, card = Tender(kind="cash", amount_minor=40_00), Tender(kind="card", amount_minor=40_00)
    other = Tender(kind="card", amount_minor=40_00, bin="5")
    for hold in (False, True):
        name = f"held-{hold}"
        quoted = await till.quote(name, sale, hold=hold)
        assert quoted.outcome.payable_minor == 40_00
        for wrong in (paid(cash), paid(other), paid(card, Tender(kind="cash", amount_minor=1))):
            said = await refusal_of(till.confirm(name, sale, settlement=wrong))
            assert (said.reason, said.fields) == ("RECEIPT_DIFFERS", ("settlement.tenders",))
        right = paid(card, Tender(kind="cash"), Tender(kind="card", amount_minor=1, bin="42761234"))
        assert (await till.confirm(name, sale, settlement=right)).status == pb.STATUS_OK
    # Whom no campaign gave anything for the plan pays as they like; so does who names no tender.
    plain = receipt(line("apple"), planned_tenders=planned)
    confirmed = await till.confirm("plain", plain, settlement=paid(cash))
    assert confirmed.status == pb.STATUS_OK
    assert (await till.confirm("silent", sale)).status == pb.STATUS_OK
