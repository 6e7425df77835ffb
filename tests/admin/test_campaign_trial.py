"""A campaign is tried at another moment than that of the sale, and for somebody else."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

import pytest

from admin.permissions import Role
from tests.admin.test_campaigns import RULE, Desk
from tests.admin.test_receipt_sums import minor
from tests.integration.test_people import tag
from tests.integration.test_what_rules_look_at import put_in_force, put_words
from tests.service import world
from tests.service.office import login_of
from tests.service.running import wait_until
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from checkout.v1 import outcome_pb2
    from tests.service.office import Office
    from tests.service.running import Service

_EARNED: Final = re.compile(r"Points earned</th>\s*<td>([\d.,]+)</td><td[^>]*>([\d.,]+)</td>")
_WHY: Final = re.compile(r'<p class="mb-0"><strong>([^<]+)</strong>([^\n]*)')
#: A row of the sums, in force and with it; and what is wrong, by field.
_SUM: Final = re.compile(
    r'<tr><th scope="row">([^<]+)</th><td>([^<]*)</td><td[^>]*>([^<]*)</td></tr>'
)
_FAULT: Final = re.compile(r'id="(\w+)-fault">([^<]+)<')
#: Receipts to choose from, and which is chosen.
_OPTION: Final = re.compile(r'<option value="(\w*)"\s?(selected)?>[^<]')
_CAMPAIGN: Final = r'<td data-label="Campaign">(.*?)</td>'
_JUDGED: Final = re.compile(
    _CAMPAIGN + r'<td data-label="In force">(.*?)</td><td data-label="With it">(.*?)</td>'
)
_UNCHANGED: Final = re.compile(_CAMPAIGN + r'<td data-label="Before and after">(.*?)</td>')
OFF: Final = {
    "kind": "amount",
    "lane": "goods",
    "amount_minor": 20_00,
    "goods": {"skus": ["bread"]},
}
#: What the gold member of the world has.
GOLD_POINTS_MINOR: Final = 10_00


async def test_another_moment_asks_the_schedule_anew(desk: Office, service: Service) -> None:
    """Before its first moment, at it, and at its end; without a moment, that of the sale."""
    await service.till().confirm("sold", receipt(line("bread", 500_00), card=world.CARD))
    today = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
    starts, ends = today + dt.timedelta(days=2), today + dt.timedelta(days=4)
    marketer = Desk(await desk.signed_in(login_of(Role.MARKETER)))
    await marketer.make("autumn")
    dates = {"starts_at": starts.isoformat(), "ends_at": ends.isoformat()}
    saved = await marketer.save("autumn", RULE, **dates)
    assert saved.status_code == 303, saved.text
    second = dt.timedelta(seconds=1)
    for moment, applies in (
        (None, False),
        (today - dt.timedelta(days=30), False),
        (starts - second, False),
        (starts, True),
        (ends - second, True),
        (ends, False),
    ):
        asked = {"purchase": "sold"} | ({"at": moment.isoformat()} if moment else {})
        answer = await marketer.browser.get("/campaign/try/autumn", params=asked)
        assert answer.status_code == 200, answer.text
        verdict, lacked = _WHY.findall(answer.text)[0]
        assert (verdict == "It applies.") is applies, (moment, verdict, lacked)
        assert ("<code>" in lacked) is not applies
        before, after = _EARNED.findall(answer.text)[0]
        assert (before, after) == ("4.90", "7.35" if applies else "4.90")
        assert f'name="at" value="{asked.get("at", "")}"' in answer.text


async def test_a_moment_that_is_none_is_refused(desk: Office, service: Service) -> None:
    """What is no date, or has a zone: the till's local time is meant."""
    await service.till().confirm("sold", receipt(line("bread"), card=world.CARD))
    marketer = Desk(await desk.signed_in(login_of(Role.MARKETER)))
    await marketer.make("autumn")
    for moment in ("yesterday", "2026-13-01T00:00:00", "2026-11-01T00:00:00+03:00"):
        asked = {"purchase": "sold", "at": moment}
        answer = await marketer.browser.get("/campaign/try/autumn", params=asked)
        assert (answer.status_code, 'role="alert"' in answer.text) == (400, True), moment


def sums_of(page: str) -> tuple[dict[str, int], dict[str, int]]:
    """Both columns of the sums, by the names of their rows; what is 0 has no row, or says so."""
    columns = [(name, minor(old), minor(new)) for name, old, new in _SUM.findall(page)]
    return {name: old for name, old, _ in columns if old}, {name: n for name, _, n in columns if n}


def told(outcome: outcome_pb2.Outcome) -> dict[str, int]:
    """The same of what a till was told."""
    sums = {
        "Goods": outcome.amount_minor,
        "Discount": outcome.discount_minor,
        "Paid with points": outcome.points_value_minor,
        "To pay": outcome.payable_minor,
        "Points earned": outcome.points_earned_minor,
    }
    return {name: amount_minor for name, amount_minor in sums.items() if amount_minor}


@pytest.mark.parametrize(
    ("when", "meant"),
    [
        ({"kind": "tier", "tiers": ["gold"]}, "gold"),
        ({"kind": "member_tag", "tags": ["vip"]}, "ann"),
    ],
)
async def test_tier_tags_and_balance_are_those_of_whoever_is_chosen(
    desk: Office, service: Service, when: dict[str, object], meant: str
) -> None:
    """In force, what their till hears now; with it, what it hears once it is published."""
    await put_words(service, '{"tags": ["vip"]}')
    await put_in_force(service)
    till, bread = service.till(), line("bread", 500_00)
    sales = {
        "ann": receipt(bread, card=world.CARD, points_max=True),
        "gold": receipt(bread, card=world.GOLD_CARD, points_max=True),
        "guest": receipt(bread),
    }
    sold = await till.confirm("sold", sales["ann"])
    ann = (await till.identify(card=world.CARD)).member_id
    gold = (await till.identify(card=world.GOLD_CARD)).member_id
    await tag(service, ann, "vip")
    marketer = Desk(await desk.signed_in(login_of(Role.MARKETER)))
    await marketer.make("chosen")
    rule = {"when": when, "rewards": [OFF]}
    assert (await marketer.save("chosen", rule)).status_code == 303
    buyers = {"": "", "ann": ann, "gold": gold, "guest": "guest"}

    async def page_for(name: str) -> str:
        asked = {"purchase": "sold", "who": buyers[name]}
        answer = await marketer.browser.get("/campaign/try/chosen", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def is_meant() -> bool:
        return bool(_WHY.findall(await page_for(meant))[0][0] == "It applies.")

    await wait_until(is_meant, within_s=2, what="what is known of them now")
    pages = {name: await page_for(name) for name in buyers}
    applies = {name for name in buyers if _WHY.findall(pages[name])[0][0] == "It applies."}
    assert applies == {meant}
    assert sums_of(pages[""]) == (told(sold.outcome), told(sold.outcome)), "as known then"
    paid = {name: sums_of(pages[name])[0].get("Paid with points", 0) for name in sales}
    assert paid["ann"] > paid["gold"] == GOLD_POINTS_MINOR > paid["guest"] == 0
    for column in (0, 1):
        for name, sale in sales.items():
            quoted = (await till.quote("look", sale)).outcome
            assert sums_of(pages[name])[column] == told(quoted), (name, column)
        await put_in_force(service, world.campaign("published", OFF, when=when))


async def test_somebody_else_at_another_moment(desk: Office, service: Service) -> None:
    """Both choices count together: who is gold, in the hour."""
    await service.till().confirm("sold", receipt(line("bread", 500_00), card=world.CARD))
    gold = (await service.till().identify(card=world.GOLD_CARD)).member_id
    marketer = Desk(await desk.signed_in(login_of(Role.MARKETER)))
    await marketer.make("chosen")
    hour = {"kind": "schedule", "schedule": {"time_from": "18:00", "time_until": "19:00"}}
    is_gold = {"kind": "tier", "tiers": ["gold"]}
    rule = {"when": {"kind": "all", "of": [is_gold, hour]}, "rewards": [OFF]}
    saved = await marketer.save("chosen", rule)
    assert saved.status_code == 303, saved.text
    for who, at, off_minor in (
        (gold, "2026-11-21T18:30", 20_00),
        (gold, "2026-11-21T19:00", 0),
        ("", "2026-11-21T18:30", 0),
        ("guest", "2026-11-21T18:30", 0),
    ):
        asked = {"purchase": "sold", "who": who, "at": at}
        page = (await marketer.browser.get("/campaign/try/chosen", params=asked)).text
        before, after = sums_of(page)
        assert before["To pay"] - after["To pay"] == off_minor, asked
        assert f'name="at" value="{at}"' in page
        assert f'value="{who}" list="who-list"' in page
    asked = {"purchase": "sold", "member": gold}
    page = (await marketer.browser.get("/campaign/try/chosen", params=asked)).text
    assert not _OPTION.findall(page), "who has no receipts has none to choose from"
    await service.till().confirm("hers", receipt(line("bread"), card=world.GOLD_CARD))
    page = (await marketer.browser.get("/campaign/try/chosen", params=asked)).text
    assert _OPTION.findall(page) == [("", ""), ("sold", "selected"), ("hers", "")]


async def test_what_cannot_be_meant_is_told_at_its_field(desk: Office, service: Service) -> None:
    """Each choice by itself and two at once; what was typed stays, and nothing is priced."""
    till = service.till()
    await till.confirm("sold", receipt(line("bread"), card=world.CARD))
    await till.quote("gone", receipt(line("bread"), card=world.CARD), hold=True)
    await till.cancel("gone")
    zoe = (await service.till("south-s1-t1").identify(card=world.CARD)).member_id
    administrator = Desk(await desk.signed_in(login_of(Role.ADMINISTRATOR)))
    await administrator.make("autumn")
    nobody = str(world.SOUTH)
    for asked, said in (
        ({"member": nobody}, {"member": "There is no such member, or more"}),
        ({"member": zoe}, {"member": "There is no such member, or more"}),
        ({"member": "Nobodyson"}, {"member": "There is no such member, or more"}),
        ({"purchase": "none"}, {"purchase": "There is no such purchase."}),
        ({"purchase": "gone"}, {"purchase": "This purchase was cancelled."}),
        ({"purchase": "sold", "who": nobody}, {"who": "no such member to try it for"}),
        ({"purchase": "sold", "who": zoe}, {"who": "no such member to try it for"}),
        ({"purchase": "sold", "who": "ghost"}, {"who": "no such member to try it for"}),
        ({"purchase": "sold", "at": "yesterday"}, {"at": "without a zone, such as"}),
        ({"purchase": "sold", "at": "2026-02-30T10:00"}, {"at": "without a zone, such as"}),
        ({"purchase": "sold", "at": "0001-01-01T00:00"}, {"at": "without a zone, such as"}),
        ({"purchase": "sold", "at": "9999-12-31T23:59"}, {"at": "without a zone, such as"}),
        (
            {"purchase": "sold", "who": "ghost", "at": "2026-11-01T00:00+03:00"},
            {"who": "no such member to try it for", "at": "without a zone, such as"},
        ),
    ):
        answer = await administrator.browser.get("/campaign/try/autumn", params=asked)
        assert (answer.status_code, 'role="alert"' in answer.text) == (400, True), asked
        faults = dict(_FAULT.findall(answer.text))
        assert faults.keys() == said.keys(), asked
        assert all(words in faults[field] for field, words in said.items()), faults
        assert len(re.findall('aria-invalid="true"', answer.text)) == len(said)
        assert all(f'value="{typed}"' in answer.text for typed in asked.values()), asked
        assert not _SUM.search(answer.text)


async def test_both_explanations_stand_side_by_side(desk: Office, service: Service) -> None:
    """Of it, of one that it keeps away, and of those that lacked something all the same."""
    night = {"kind": "schedule", "schedule": {"time_from": "03:00", "time_until": "03:01"}}
    await put_in_force(service, world.campaign("night", OFF, when=night))
    await service.till().confirm("sold", receipt(line("bread", 500_00), card=world.CARD))
    marketer = Desk(await desk.signed_in(login_of(Role.MARKETER)))
    await marketer.make("alone")
    saved = await marketer.save("alone", {"rewards": [OFF], "exclusive": "lane"}, priority="9")
    assert saved.status_code == 303, saved.text
    asked = {"purchase": "sold", "at": "2026-11-21T18:30"}
    page = (await marketer.browser.get("/campaign/try/alone", params=asked)).text
    changed = {code: rest for code, *rest in map(_plain, _JUDGED.findall(page))}
    assert list(changed) == ["alone", "bread", "earn"], "it stands first"
    assert changed["alone"] == ["not in the rules in force", "applied"]
    before, after = changed["bread"]
    assert before == "applied"
    assert after == "another was better stands alone in its lane: alone"
    assert changed["earn"] == ["applied", "applied"], "of less money it gives fewer points"
    unchanged = {code: rest for code, *rest in map(_plain, _UNCHANGED.findall(page))}
    assert list(unchanged) == ["night"]
    (told,) = unchanged["night"]
    assert told == (
        "lacked a condition time Needed: from 03:00; until 03:01; seen: 2026-11-21 18:30."
    )
    asked["at"] = "2026-11-21T03:00"
    page = (await marketer.browser.get("/campaign/try/alone", params=asked)).text
    changed = {code: rest for code, *rest in map(_plain, _JUDGED.findall(page))}
    assert changed["night"][0] == "applied"
    assert changed["night"][1].startswith("another was better")
    assert not _UNCHANGED.findall(page)


def _plain(cells: tuple[str, ...]) -> list[str]:
    """The code of a campaign, and the words of the other cells."""
    words = [" ".join(re.sub("<[^>]*>", " ", cell).split()) for cell in cells]
    return [words[0].split()[-1], *(one.replace(" :", ":") for one in words[1:])]
