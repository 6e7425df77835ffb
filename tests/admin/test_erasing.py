"""Erasing a person from the member's page, and all that is stored about one as a file."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

import orjson
from typer.testing import CliRunner

from admin.__main__ import app as command_line
from admin.permissions import Role
from admin.texts import say
from checkout.verifier.verifier import verify
from tests.admin.test_canaries import all_that_is_logged, cached, tables_with
from tests.admin.test_members import ann_of
from tests.service import world
from tests.service.office import login_of
from tests.service.running import as_role
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.office import Office
    from tests.service.running import Service

OWNER: Final = login_of(Role.OWNER)
CLERK: Final = login_of(Role.CALL_CENTRE)
CARD: Final = "2900000000871"
ENROLLED: Final = {"phone": "+79005550871", "external_id": "crm-canary-871"}
#: What a clerk writes down: the history has it sealed.
PROFILE: Final = {
    "first_name": "Canarissa",
    "last_name": "Zqxerasova",
    "email": "canary-871@example.com",
    "birth_date": "1971-08-07",
    "social_links": "https://t.me/canary871",
    "gender": "female",
    "reason": "as she said",
}
NAMED: Final = (*ENROLLED.values(), *[PROFILE[name] for name in PROFILE if name[0] in "fleb"])


async def canary(desk: Office, service: Service) -> str:
    """Somebody with a profile, a consent and a purchase; her key as addresses have it."""
    till, clerk = service.till(), await desk.signed_in(CLERK)
    await till.enrol(card=CARD, **ENROLLED)
    await till.confirm("canary", receipt(line("apple", 100_00), card=CARD))
    row = await desk.database.fetchrow(
        "select bucket, member_id from member_profile where phone = $1", ENROLLED["phone"]
    )
    key = f"{row['bucket']};{row['member_id']}"
    saved = await clerk.edit(f"/member/{key}/profile", PROFILE | {"request_id": "c" * 32})
    assert saved.status_code == 303, saved.text
    return key


async def test_whoever_erases_is_told_what_goes_and_says_whom(
    desk: Office, service: Service, redis_url: str
) -> None:
    """Not by a slip; afterwards nothing names her, the page says so, and the books are whole."""
    key = await canary(desk, service)
    path, page = f"/member/{key}/erase", f"/member/details/{key}"
    owner = await desk.signed_in(OWNER)
    told = (await owner.get(path)).text
    for words in ("Removed for good", "Kept, as those of nobody", "last six characters"):
        assert words in told, words
    assert f'<button class="btn btn-danger">{say("do.erase")}</button>' in told, "as what it is"
    begun = (await owner.get(page)).text
    assert f'class="btn btn-outline-danger" href="{path}"' in begun
    typed = {"request_id": "e" * 32, "reason": "asked for it"}
    slip = await owner.post(path, typed | {"ending": "abc123"})
    assert slip.status_code == 400
    assert "not the last six characters" in slip.text
    points = await owner.post(path, typed | {"ending": key[-6:]})
    assert points.status_code == 400
    assert "have them written off" in points.text
    with all_that_is_logged() as logged:
        done = await owner.post(path, typed | {"ending": key[-6:].upper(), "write_off": "y"})
        assert done.headers["location"] == f"{page}?said=erase"
        shown = (await owner.get(f"{page}?said=erase")).text
    assert "The person is erased." in shown
    assert "the member stands for nobody" in shown
    assert set(re.findall(rf"/member/{key}/([a-z-]+)", shown)) == {"person", "tiers"}, "to look at"
    held = logged.getvalue() + (await cached(redis_url)).decode("latin-1") + shown
    assert not [one for one in NAMED if one in held]
    for one in NAMED:
        assert await tables_with(service, one) == set(), one
    (entry,) = [e for e in await desk.history("member") if "is_erased" in (e["after"] or "")]
    assert (entry["author"], entry["reason"]) == (OWNER, "asked for it")
    of_profile = f"/history?record=member_profile&key={key.partition(';')[2]}"
    history = (await owner.get(of_profile)).text
    assert ">erased<" in history, "as the key of what is sealed is destroyed"
    card_id = await desk.database.fetchval(
        "select encode(digest, 'hex')::uuid from identifier where member_id = $1::uuid",
        UUID(key.partition(";")[2]),
    )
    lift = {"request_id": "b" * 32, "reason": "by a slip", "card_id": str(card_id)}
    kept = await owner.post(f"/member/{key}/unblock-this-card", lift)
    assert kept.status_code == 400
    assert "nothing is done for this member any more" in kept.text
    clerk = await desk.signed_in(CLERK)
    refused = await clerk.edit(f"/member/{key}/profile", PROFILE | {"request_id": "f" * 32})
    assert refused.status_code == 400
    assert "there is no profile to change any more" in refused.text
    assert (await service.till().take_back("canary")).returned.money_minor > 0
    assert (await verify(service.dsn)).violated == ()


async def test_all_that_is_stored_is_one_file(desk: Office, service: Service) -> None:
    """Under each section; values of the history opened; taking it leaves a row there."""
    key = await canary(desk, service)
    owner = await desk.signed_in(OWNER)
    taken = await owner.post(f"/member/{key}/person")
    assert taken.status_code == 200
    assert taken.headers["content-disposition"].startswith('attachment; filename="person-')
    (name,) = orjson.loads(taken.content)["names"]
    (profile,) = name["profile"]
    assert {**ENROLLED, "last_name": "Zqxerasova"}.items() <= profile.items()
    assert {one["kind"] for one in name["identifiers"]} == {"card", "phone", "external_id"}
    (sold,) = name["receipts"]
    assert (sold["purchase_id"], sold["lines"][0]["sku"]) == ("canary", "apple")
    (account,) = name["accounts"]
    assert account["balance"] + account["pending"] == sold["points_earned_minor"]
    assert [one["amount"] for one in name["statements"]] == [account["balance"]] * bool(
        account["balance"]
    )
    (changed,) = [one for one in name["history"] if one["record"] == "member_profile"]
    assert changed["after"]["email"] == PROFILE["email"]
    assert [e["author"] for e in await desk.history("member") if e["action"] == "exported"] == [
        OWNER
    ]
    settings = {
        "CHECKOUT_ADMIN_POSTGRES_DSN": as_role(desk.dsn, "checkout_admin"),
        "CHECKOUT_ADMIN_SEALING_KEYS": world.SEALING_KEYS,
    }
    for member_id, status in ((key.partition(";")[2], 0), (str(uuid4()), 1)):
        asked = ["person", "--partner", "north", "--member", member_id]
        run = await asyncio.to_thread(CliRunner(env=settings).invoke, command_line, asked)
        assert run.exit_code == status, run.output
        if status == 0:
            (same,) = orjson.loads(run.output)["names"]
            assert same.pop("history")[:-1] == name.pop("history")
            assert same == name
    ann = await ann_of(desk)
    assert "Zqxerasova" not in (await owner.post(f"/member/{ann}/person")).text
    clerk = await desk.signed_in(CLERK)
    assert (await clerk.post(f"/member/{key}/person")).status_code == 403
