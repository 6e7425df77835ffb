"""EraseMember: who is erased is nobody from then on, and all that was bought stays whole."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import pytest

from checkout.v1 import error_reason_pb2
from checkout.v1 import member_pb2 as people
from tests.admin.test_canaries import cached, tables_with
from tests.integration.test_people import attribute, tag
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.bulks import undo
from tests.service.ids import fresh
from tests.service.purchases import purchase
from tests.service.right_requests import OPERATORS
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service

CARD: Final = "2900000000871"
#: What of a person could name them, or lead to them.
CANARY: Final = {
    "phone": "+79005550871",
    "external_id": "crm-canary-871",
    "first_name": "Canarissa",
    "last_name": "Zqxerasova",
    "patronymic": "Wvutovna",
    "email": "canary-871@example.com",
}
#: Values of attributes, which rules read, stay in receipts: they replay from them.
NAMED: Final = (*CANARY.values(), CANARY["phone"][2:], "1971-08-07")
ATTRIBUTE: Final = "canary-of-an-attribute"
BLOCKED: Final = error_reason_pb2.ERROR_REASON_MEMBER_BLOCKED


async def canary(service: Service) -> str:
    """A member of whom all is known that can be."""
    till, operator = service.till(), service.operator()
    made = await till.enrol(card=CARD, birth_date="1971-08-07", gender="female", **CANARY)
    member_id = made.member.member_id
    await tag(service, member_id, "vip")
    await attribute(service, member_id, "diet", text=ATTRIBUTE)
    await operator.call(
        "SetMemberConsent",
        people.SetMemberConsentRequest(
            request_id=fresh("consent"),
            member_id=member_id,
            channel="email",
            consents=True,
            reason="said so",
        ),
    )
    await operator.link(member_id)
    await service.database.execute(
        "update member_profile set social_links = array['https://t.me/' || phone]"
        " where member_id = $1::uuid",
        member_id,
    )
    await service.database.execute(
        "insert into member_list_entry select bucket, member_id, 'friends' from member"
        " where member_id = $1::uuid",
        member_id,
    )
    return member_id


async def told(service: Service, redis_url: str) -> list[str]:
    """Where somebody is named: tables, and the cache."""
    held = (await cached(redis_url)).decode("latin-1")
    found = [f"cache: {one}" for one in NAMED if one in held]
    for one in NAMED:
        found += [f"{table}: {one}" for table in sorted(await tables_with(service, one))]
    return found


async def test_nothing_names_who_was_erased(service: Service, redis_url: str) -> None:
    """In tables, cache and outbox; the card is blocked, and goods come back as ever."""
    till, operator = service.till(), service.operator()
    member_id = await canary(service)
    bought = await till.confirm("p", receipt(line("apple", 100_00), card=CARD))
    earned = bought.outcome.points_earned_minor
    assert earned > 0
    assert await told(service, redis_url), "what is looked for was there"
    kept = await refusal_of(operator.erase(member_id))
    assert (kept.reason, kept.fields) == ("MEMBER_HAS_POINTS", ("write_off",))
    assert kept.numbers["points_minor"] == str(earned)
    done = await operator.erase(member_id, "erase-1", write_off=True)
    assert (done.changed, dict(done.written_off_minor)) == (True, {world.CURRENCY: earned})
    assert await operator.erase(member_id, "erase-1", write_off=True) == done
    assert not (await operator.erase(member_id)).changed
    assert await told(service, redis_url) == []
    (month,) = await tables_with(service, ATTRIBUTE)
    assert month.startswith("receipt_"), "as the sale was priced"
    assert (await refusal_of(till.identify(card=CARD))).reason == "MEMBER_BLOCKED"
    for kind in ("phone", "external_id"):
        nobody = await refusal_of(till.identify(**{kind: CANARY[kind]}))
        assert nobody.reason == "MEMBER_UNKNOWN", kind
    again = await till.confirm("q", receipt(line("towel", 100_00), card=CARD))
    assert again.identifier_reason == BLOCKED
    # What was blocked later could be used then; who was erased is nobody's buyer even so.
    before = world.local_now(dt.timedelta(minutes=-1))
    sold = receipt(line("towel", 10_00), card=CARD, local_time=before)
    late = await till.submit("late", sold)
    assert late.confirmed.identifier_reason == BLOCKED
    back = await till.take_back("p")
    assert back.returned.money_minor == bought.outcome.payable_minor
    (entry,) = await service.database.fetch(
        "select before::text, after::text, author, reason from admin_history"
        " where record = 'member' and record_key = $1 and after ? 'is_erased'",
        member_id,
    )
    assert (entry["before"], entry["after"]) == ('{"is_erased": false}', '{"is_erased": true}')
    assert (entry["author"], entry["reason"]) == ("tester", "asked for it")
    assert await violations(service) == []


async def test_whoever_comes_again_is_somebody_new(service: Service) -> None:
    """By the same phone; the number of the card is nobody's any more."""
    till, operator = service.till(), service.operator()
    member_id = await canary(service)
    await operator.erase(member_id)
    taken = await refusal_of(till.enrol(card=CARD, phone=CANARY["phone"]))
    assert taken.reason in {"IDENTIFIER_TAKEN", "MEMBER_BLOCKED"}
    new = (await till.enrol(card="2900000000888", **CANARY)).member.member_id
    assert new != member_id
    assert (await till.identify(phone=CANARY["phone"])).member_id == new
    sold = await till.confirm("p", receipt(line("towel", 100_00), card="2900000000888"))
    assert sold.member.member_id == new
    assert await violations(service) == []


#: Calls about a member that say so of one who was erased; the rest only read.
REFUSED: Final = (
    *("AdjustBalance", "ChangeContact", "TagMember", "SetMemberAttribute", "SetMemberConsent"),
    *("BlockMember", "FreezePoints", "FreezeAccount", "LeaveProgram", "JoinProgram", "SetTier"),
    *("AddPurchase", "LinkPerson", "UnlinkPerson", "GiveGift", "RemoveFromHousehold"),
)


class Everywhere(dict[str, str]):
    """One member, whatever a request needs somebody for."""

    def __missing__(self, name: str) -> str:
        return self["member_id"]


async def test_nothing_is_done_for_who_was_erased(service: Service) -> None:
    """Each call says so, merges and corrections of before too; what is refused writes nothing."""
    operator = service.operator()
    member_id = await canary(service)
    given = await operator.adjust(member_id, 5_00)
    household_id = await operator.household()
    await operator.erase(member_id, write_off=True)
    before = await service.rows()
    stock: Any = Everywhere(member_id=member_id)
    for method in REFUSED:
        request = OPERATORS[method].request(stock)
        if method == "AddPurchase":
            request = purchase(1_00, member_id=member_id)
        said = await refusal_of(operator.call(method, request))
        assert said.reason in {"MEMBER_ERASED", "NOT_PERMITTED"}, method
    gold = (await service.till().identify(card=world.GOLD_CARD)).member_id
    for pair in ((member_id, gold), (gold, member_id)):
        assert (await refusal_of(operator.merge(*pair))).reason == "MEMBER_ERASED"
    joined = await refusal_of(operator.join_household(household_id, member_id))
    assert joined.reason == "MEMBER_ERASED"
    lifted = await refusal_of(operator.block_card(CARD, lift=True))
    assert (lifted.reason, lifted.fields) == ("MEMBER_ERASED", ("identifier",))
    (undone,) = await undo(operator, given.correction_id, request_id=fresh("undo"))
    assert undone.reason == error_reason_pb2.ERROR_REASON_MEMBER_ERASED
    after = await service.rows()
    # Locks of what an author may give in a day; and the answer of a list of corrections is kept.
    del after["shared_limit"], before["shared_limit"]
    assert after.pop("request_key") == before.pop("request_key") + 1
    assert after == before
    assert await violations(service) == []


@pytest.mark.parametrize("named", ["old", "new"])
async def test_all_names_of_a_person_are_erased(
    service: Service, redis_url: str, named: str
) -> None:
    """Whichever of them is named; they stay one."""
    till, operator = service.till(), service.operator()
    ids = {"old": await canary(service), "new": await service.ann()}
    merge_id = (await operator.merge(ids["old"], ids["new"])).merge_id
    done = await operator.erase(ids[named], write_off=True)
    assert dict(done.written_off_minor) == {world.CURRENCY: world.ANN_POINTS_MINOR}
    assert await told(service, redis_url) == []
    for card in (CARD, world.CARD):
        assert (await refusal_of(till.identify(card=card))).reason == "MEMBER_BLOCKED"
    apart = await refusal_of(operator.unmerge(merge_id))
    assert apart.reason == "MEMBER_ERASED"
    counted = "select count(*) from member where erased_at is not null"
    assert await service.database.fetchval(counted) == 2
    assert await violations(service) == []


async def test_who_is_not_erased_yet(service: Service) -> None:
    """Nobody, another partner's, in a household, with an open hold, with points that are bound."""
    till, operator = service.till(), service.operator()
    ann = await service.ann()
    zoe = (await service.till("south-s1-t1").identify(card=world.CARD)).member_id
    household_id = await operator.household()
    for nobody in (str(world.NORTH), zoe, household_id):
        said = await refusal_of(operator.erase(nobody, write_off=True))
        assert (said.reason, said.fields) == ("MEMBER_UNKNOWN", ("member_id",))
    frozen = await operator.freeze(ann, 1_00)
    bound = await refusal_of(operator.erase(ann, write_off=True))
    assert (bound.reason, bound.numbers["bound_minor"]) == ("POINTS_NOT_FREE", "100")
    await operator.restore(frozen.freeze_id)
    # A hold without points keeps her, too.
    await till.quote("held", receipt(line("apple"), card=world.CARD), hold=True)
    assert (await refusal_of(operator.erase(ann, write_off=True))).reason == "MEMBER_HAS_HOLD"
    await till.cancel("held")
    await operator.join_household(household_id, ann)
    pooled = await refusal_of(operator.erase(ann, write_off=True))
    assert (pooled.reason, pooled.numbers["household_id"]) == ("MEMBER_IN_HOUSEHOLD", household_id)
    await operator.leave_household(ann)
    assert (await operator.erase(ann)).changed, "what was pooled is the household's"
    assert await violations(service) == []


async def test_what_is_owed_is_forgiven(service: Service) -> None:
    """By the same posting: nobody is left who could pay it, and no account keeps it."""
    till, operator = service.till(), service.operator()
    ann = await service.ann()
    sold = await till.confirm("p", receipt(line("apple", 500_00), card=world.CARD))
    earned = sold.outcome.points_earned_minor
    await operator.adjust(ann, -(world.ANN_POINTS_MINOR + earned))
    await till.take_back("p")
    owes = await refusal_of(operator.erase(ann))
    assert (owes.reason, owes.numbers["owed_minor"]) == ("MEMBER_HAS_POINTS", str(earned))
    done = await operator.erase(ann, write_off=True)
    assert dict(done.debts_minor) == {world.CURRENCY: earned}
    assert not done.written_off_minor
    posting = await service.database.fetchrow(
        "select kind, reason, author from posting where member_id = $1::uuid and kind = 'leaving'",
        ann,
    )
    assert tuple(posting) == ("leaving", "erased", "tester")
    assert await violations(service) == []
