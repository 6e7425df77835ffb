"""A shop in which everything has happened that pages tell of, made by the service's own calls.

What the admin itself writes (dictionaries, drafts, jobs, links) is put into its tables.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import member_pb2
from checkout.v1.receipt_pb2 import AlreadyPaid, Receipt, Settlement, Tender
from tests.races.ledger_state import make_members
from tests.service import bulks, coupons, gifts, world
from tests.service.cards import add_card_type, issue_cards, replace_card
from tests.service.ids import fresh
from tests.service.purchases import add_purchase
from tests.service.returns import bring_back
from tests.service.till import line, receipt, shown

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    from tests.service.running import Service

#: The longest that a shift or the number of a receipt has room for beside their own.
MARK_CHARACTERS_MAX: Final = 28
#: A link that somebody may still open, by its token.
LINK: Final = "a-link-of-somebody"
_DICTIONARIES: Final = """
insert into tag (partner_id, code, name) values ($1, 'vip', 'Very important' || $2);
insert into member_attribute (partner_id, code, name, kind)
values ($1, 'children', 'Children' || $2, 'number');
insert into segment (partner_id, code, name, conditions)
values ($1, 'important', 'Important' || $2, '{"tag": "vip"}');
insert into member_list (partner_id, code, name) values ($1, 'guests', 'Guests' || $2);
insert into coupon_series (partner_id, code, name) values ($1, 'sorry', 'Apology' || $2);
insert into member_list_entry (bucket, member_id, list_code)
select bucket, member_id, 'guests' from member where partner_id = $1;
"""
_RECORDS: Final = """
insert into campaign_version (partner_id, campaign_code, version, document, author, note)
select partner_id, code, 1, document, 'north-owner', 'Begun' || $2
from campaign where partner_id = $1 and code = 'fruit';
update campaign set version = 1, draft_version = 1,
    draft = document || jsonb_build_object('name', 'A fifth off' || $2, 'priority', 5)
where partner_id = $1 and code = 'fruit';
insert into admin_job
    (partner_id, kind, series, total, done, state, taken_at, ended_at, author, reason, failure)
select $1, kind, 'gift', 100, 60, 'failed', now(), now(), 'north-owner', 'Asked' || $2, 'x' || $2
from unnest(array['cards', 'coupons', 'certificates']) kind;
insert into admin_job
    (partner_id, kind, series, settings, total, done, state, taken_at, ended_at, author, reason)
select $1, 'corrections', 'late' || $2, jsonb_build_object('file_name', 'late' || $2), 1, 1, 'done',
    now(), now(), 'north-owner', 'Late' || $2;
insert into admin_job_row (job_id, number, asked, told)
select job_id, 2, jsonb_build_object('line', 3, 'reason', 'Late' || $2),
    jsonb_build_object('state', 'refused', 'field', 'card' || $2, 'message', 'Nobody' || $2)
from admin_job where kind = 'corrections';
insert into verified_check
values ('balance', 1, 'Balances are sums of entries' || $2, 10, 0, '{}', 5, now());
insert into worker_refusal
values (uuidv7(), date_trunc('hour', now()), $1, 'Quote', 'CARD_BLOCKED', 3);
insert into staff_link (token_hash, staff_id, expires_at)
select sha256(convert_to($3, 'UTF8')), staff_id, now() + interval '1 hour'
from staff where partner_id = $1 order by login limit 1;
insert into staff_factor (staff_id, secret, confirmed_at)
select staff_id, repeat('A', 32), now() from staff where login = 'north-cashier-supervisor';
insert into sign_in_failure (subject, failures) values (sha256('x'), 2);
insert into staff_list (staff_id, of_list, columns)
select staff_id, 'store', array['code', 'name'] from staff where partner_id = $1;
"""


async def make_busy(service: Service, mark: str = "") -> None:
    """Sales, returns, points, codes, cards and kin; texts that are anybody's end in a mark."""
    assert len(mark) <= MARK_CHARACTERS_MAX
    await _put_rules(service, mark)
    ann = await service.ann()
    gold = (await service.till().identify(card=world.GOLD_CARD)).member_id
    for member_id, name in ((ann, "Karenina"), (gold, "Golding")):
        await service.database.execute(
            "update member_profile set first_name = 'Anna', last_name = $2, email = $3, phone = $4,"
            " social_links = array['https://example.com/' || $2, 'javascript:alert(1)']"
            " where member_id = $1",
            member_id,
            name + mark,
            f"anna{mark}@example.com",
            world.PHONE,
        )
    mate, poor = await make_members(service, 2, 5_00)
    # First: points that are held or frozen cannot be moved to a household.
    await _bring_kin(service, ann, gold, mate)
    await _sell(service, ann, mark)
    await _tell_of_shifts(service, poor, mark)
    await _correct(service, ann, mark)
    await _care(service, ann, mark)
    await service.until_counted()


async def put_records(database: asyncpg.Connection[Any], mark: str = "") -> None:
    """What the admin writes, once there are people who work in it."""
    await _put(database, _RECORDS, world.NORTH, mark, LINK)


async def _put(database: asyncpg.Connection[Any], script: str, *arguments: UUID | str) -> None:
    """Statement by statement, each with those of the arguments that it names."""
    for statement in filter(str.strip, script.split(";\n")):
        named = [f"${n + 1}" for n in range(len(arguments)) if f"${n + 1}" in statement]
        for place, name in enumerate(named):
            statement = statement.replace(name, f"${place + 1}")  # noqa: PLW2901
        await database.execute(statement, *(arguments[int(name[1:]) - 1] for name in named))


async def _put_rules(service: Service, mark: str) -> None:
    database = service.database
    await gifts.put_gift_rules(database, name=f"Mug{mark}")
    await coupons.put_coupon_rules(database)
    documents = [*world.campaigns("north"), *coupons.coupon_rules(), gifts.giving()]
    for document in documents:
        named = document | {"name": document["name"] + mark}
        await world.put_campaign(database, world.NORTH, named)
    await _put(database, _DICTIONARIES, world.NORTH, mark)
    for table in ("store", "chain", "category", "product"):
        await database.execute(
            f"update {table} set name = name || $2 where partner_id = $1", world.NORTH, mark
        )
    await add_card_type(service)
    await service.operator().publish("Begun" + mark)
    for worker in service.workers:
        await worker.follower.step()


def _settled(number: int, mark: str) -> Settlement:
    return Settlement(
        business_day=dt.datetime.now(dt.UTC).date().isoformat(),
        shift=f"7{mark}",
        receipt_number=f"{number}{mark}",
        cashier=f"Eve{mark}",
        tenders=[Tender(kind="card", amount_minor=100_00, bin="220000")],
    )


async def _sell(service: Service, ann: str, mark: str) -> None:
    operator, till = service.operator(), service.till()
    basket = [
        *(line(sku, position=n) for n, sku in enumerate(("apple", "bread", "soap"), start=1)),
        line(f"unknown{mark}", 33_33, position=4, quantity_milli=1_500, amount_minor=50_00),
    ]
    for number in range(3):
        sale = receipt(*basket, card=world.CARD, points_minor=10_00)
        await till.confirm(f"sold-{number}", sale, settlement=_settled(number, mark))
    await till.take_back("sold-2", {1: 1_000}, cashier=f"Eve{mark}")
    (certificate,) = await operator.issue_certificates("gift", 1, activate=True)
    await operator.issue_certificates("gift", 1)
    (coupon,) = await coupons.issue(operator, member_id=ann, uses_max=2)
    await coupons.issue(operator, 2)
    with_codes = receipt(
        line("towel"), card=world.CARD, coupons=[coupon.code], certificates=shown(certificate)
    )
    await till.confirm("with-codes", with_codes, settlement=_settled(4, mark))
    issuing = receipt(line("towel"), card=world.CARD, coupons=[coupons.ISSUING])
    await till.confirm("issuing", issuing, settlement=_settled(5, mark))
    await till.confirm("guest", receipt(line("soap")))
    await till.credit("guest")
    await till.quote("held", receipt(card=world.CARD, points_minor=5_00), hold=True)
    await add_purchase(operator, 99_00, reason=f"Told{mark}")
    await operator.stop("spring", reason=f"Wrong{mark}")


async def _tell_of_shifts(service: Service, poor: str, mark: str) -> None:
    till = service.till()
    over = AlreadyPaid(points_minor=20_00)
    sale: Receipt = receipt(line("soap", 200_00), card=poor)
    await till.submit("offline", sale, over, _settled(8, mark))
    await bring_back(
        till,
        12_00,
        card=world.CARD,
        cashier=f"Eve{mark}",
        reason=f"Lost{mark}",
        shift=f"7{mark}",
        receipt_number=f"9{mark}",
    )
    request = pb.ReconcileShiftRequest(
        shift=f"7{mark}",
        business_day=dt.datetime.now(dt.UTC).date().isoformat(),
        till=pb.ShiftTotals(sales=2, sales_minor=31_00),
    )
    await till.call("ReconcileShift", request)


async def _correct(service: Service, ann: str, mark: str) -> None:
    operator = service.operator()
    await operator.adjust(ann, 25_00, reason=f"Sorry{mark}")
    await operator.adjust(ann, -5_00, reason=f"Twice{mark}")
    await bulks.bulk_adjust(operator, f"late{mark}", [bulks.row(2, "12.50")])
    await bulks.set_four_eyes(service, 100_00)
    await operator.adjust(ann, 500_00, reason=f"Much{mark}")
    await operator.freeze(ann, 3_00)


async def _care(service: Service, ann: str, mark: str) -> None:
    operator = service.operator()
    await gifts.set_stock(operator, 12)
    await gifts.give(operator, ann, count=2, reason=f"Birthday{mark}")
    given = await gifts.give(operator, ann, reason=f"Mistake{mark}")
    await gifts.take_back(operator, given.gift_given_id)
    first, second, *_ = await issue_cards(operator, 4)
    await replace_card(operator, world.CARD, new_card=first, reason=f"Bus{mark}")
    await service.till().bind(second, shown=first)
    await operator.block_card(second, reason=f"Found{mark}")
    why = f"Said{mark}"
    tag = member_pb2.TagMemberRequest(request_id=fresh("tag"), member_id=ann, tag="vip", reason=why)
    await operator.call("TagMember", tag)
    attribute = member_pb2.SetMemberAttributeRequest(
        request_id=fresh("known"), member_id=ann, attribute="children", number=2, reason=why
    )
    await operator.call("SetMemberAttribute", attribute)
    consent = member_pb2.SetMemberConsentRequest(
        request_id=fresh("consent"), member_id=ann, channel="sms", consents=True, reason=why
    )
    await operator.call("SetMemberConsent", consent)


async def _bring_kin(service: Service, ann: str, gold: str, mate: str) -> None:
    operator = service.operator()
    await operator.set_tier(gold, "gold", until="2099-01-01")
    await operator.merge(gold, ann)
    await operator.household(ann, (await service.till().identify(card=mate)).member_id)
    await operator.link(ann)
