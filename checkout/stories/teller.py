"""Tells a story to a shop: each step becomes a call, and each answer a document without ids.

What is remembered between steps is what a till remembers: the receipt and the token of a purchase's
last quote, and when it is. Ids become names in order of appearance (`receipt-1`, the member's own
name), so that two services can be compared and a story can say "the same receipt again".
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkout.engine.documents import parse_receipt
from checkout.primitives import UNIT_MILLI, line_amount_minor
from checkout.stories.document import as_utc
from checkout.stories.expectation import differences
from checkout.stories.opening import OpeningLot
from checkout.stories.rules import changed_rules, snapshot_document
from checkout.stories.shop import Arrival, SaleCall, Shown
from checkout.stories.steps import ConfirmStep, QuoteStep, StoryLine

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from checkout.stories.document import Story
    from checkout.stories.shop import Shop
    from checkout.stories.steps import SaleStep, Step

    Document = dict[str, Any]
    Told = dict[str, Any]

_LINE = re.compile(r"(\S+) (?:([\d.]+) x )?([\d.]+)")
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StepTold:
    """One step as it went: its number from 1, its action, the answer, what was not as expected."""

    number: int
    action: str
    answer: Told
    differences: list[str]


class Teller:
    """One story in one shop."""

    def __init__(self, story: Story, shop: Shop, partner: str) -> None:
        self._story = story
        self._shop = shop
        self._partner = partner
        self._now = as_utc(story.starts_at)
        self._rules = story.snapshot
        self._document = snapshot_document(story.snapshot, partner)
        self._shown: dict[str, tuple[Shown, ...]] = {}
        self._member_ids: dict[str, str] = {}
        self._labels: dict[str, str] = {}
        self._sales: dict[str, SaleCall] = {}
        self._tokens: dict[str, str] = {}
        self._request = ""

    async def tell(self) -> list[StepTold]:
        """All steps, then everybody's balances, which nobody expects but which are compared."""
        await self._shop.set_clock(self._now)
        published = await self._shop.publish(self._document)
        if published["status"] != "ok":
            return [StepTold(0, "publish", published, [f"the rules are refused: {published}"])]
        for name, member in self._story.members.items():
            await self._admit(name, member.card, member.phone)
        told = []
        for number, step in enumerate(self._story.steps, start=1):
            await self._shop.set_clock(self._now)
            self._request = f"step-{number}"
            answer = self._named(await _ACTIONS[step.action](self, step) or {})
            found = list(differences(step.expect, answer)) if step.expect else []
            told.append(StepTold(number, step.action, answer, found))
        await self._shop.set_clock(self._now)
        for number, shown in enumerate(self._shown.values(), start=len(told) + 1):
            answer = self._named(await self._shop.balances(self._store(""), shown[0]))
            told.append(StepTold(number, "balances", answer, []))
        return told

    async def _admit(self, name: str, card: str, phone: str) -> None:
        member = self._story.members[name]
        program = self._document["programs"][0]
        shown = [Shown("card", card)] if card else []
        shown += [Shown("phone", phone)] if phone else []
        shown.append(Shown("external_id", name))
        self._shown[name] = tuple(shown)
        lots = [
            OpeningLot(
                lot.amount_minor,
                as_utc(lot.active_from) if lot.active_from is not None else self._now - _DAY,
                as_utc(lot.expires_at) if lot.expires_at is not None else None,
            )
            for lot in member.points
        ]
        member_id = await self._shop.admit(
            Arrival(
                identifiers=shown,
                program=program["code"],
                currency=program["currency"]["code"],
                tier=member.tier,
                lists=frozenset(member.lists),
                lots=lots,
            )
        )
        self._member_ids[name] = member_id
        self._labels[member_id] = name

    # ---- actions

    async def quote(self, step: Step) -> Told:
        asked = _present(step.quote)
        call = self._sales[asked.purchase] = self._sale(asked)
        if asked.hold:
            request = asked.request or self._request
            told = await self._shop.quote_and_hold(call, request, asked.ttl_s)
        else:
            told = await self._shop.quote(call)
        self._tokens[asked.purchase] = told.get("token", "")
        return told

    async def hold(self, step: Step) -> Told:
        asked = _present(step.hold)
        call, token = self._sales[asked.purchase], self._tokens[asked.purchase]
        request = asked.request or self._request
        told = await self._shop.hold(call, token, request, asked.ttl_s)
        self._tokens[asked.purchase] = told.get("token", "") or token
        return told

    async def confirm(self, step: Step) -> Told:
        asked = _present(step.confirm)
        call = self._sale(asked) if asked.lines else self._sales[asked.purchase]
        self._sales[asked.purchase] = call
        token = self._tokens.get(asked.purchase, "") if asked.token else ""
        request = asked.request or self._request
        told = await self._shop.confirm(call, token, request, asked.shift, asked.receipt_number)
        if told.get("quote"):
            self._tokens[asked.purchase] = told["quote"]["token"]
        return told

    async def cancel(self, step: Step) -> Told:
        asked = _present(step.cancel)
        return await self._shop.cancel(asked.purchase, asked.request or self._request)

    async def extend_hold(self, step: Step) -> Told:
        asked = _present(step.extend_hold)
        request = asked.request or self._request
        return await self._shop.extend_hold(asked.purchase, request, asked.ttl_s)

    async def enrol(self, step: Step) -> Told:
        asked = _present(step.enrol)
        shown = [Shown("card", asked.card)] if asked.card else []
        shown += [Shown("phone", asked.phone)] if asked.phone else []
        shown.append(Shown("external_id", asked.name))
        request = asked.request or self._request
        told = await self._shop.enrol(self._store(asked.store), shown, request)
        if told["status"] == "ok":
            self._shown[asked.name] = tuple(shown)
            self._member_ids[asked.name] = told["member_id"]
            self._labels[told["member_id"]] = asked.name
        return told

    async def adjust(self, step: Step) -> Told:
        asked = _present(step.adjust)
        return await self._shop.adjust(
            self._member_ids[asked.member],
            asked.currency,
            asked.amount_minor,
            asked.reason,
            asked.request or self._request,
        )

    async def balances(self, step: Step) -> Told:
        asked = _present(step.balances)
        shown = Shown("card", asked.card) if asked.card else self._shown[asked.member][0]
        return await self._shop.balances(self._store(asked.store), shown)

    async def block(self, step: Step) -> None:
        asked = _present(step.block)
        shown = {each.kind: each for each in self._shown[asked.member]}
        only = shown[asked.only] if asked.only else None
        await self._shop.block(self._member_ids[asked.member], only)

    async def change_member(self, step: Step) -> None:
        asked = _present(step.change_member)
        await self._shop.change_member(
            self._member_ids[asked.member],
            self._document["programs"][0]["code"],
            asked.tier,
            frozenset(asked.lists) if asked.lists is not None else None,
        )

    async def publish(self, step: Step) -> Told:
        rules = changed_rules(self._rules, _present(step.publish))
        document = snapshot_document(rules, self._partner)
        told = await self._shop.publish(document)
        if told["status"] == "ok":
            self._rules, self._document = rules, document
        return told

    async def at(self, step: Step) -> None:
        self._now = as_utc(_present(step.at))

    async def passing(self, step: Step) -> None:
        self._now += _present(step.passing).duration()

    async def sweep(self, step: Step) -> None:
        del step
        await self._shop.sweep()

    # ---- parts of several actions

    def _store(self, code: str) -> str:
        first: str = self._document["stores"][0]["code"]
        return code or first

    def _sale(self, asked: SaleStep) -> SaleCall:
        store = self._store(asked.store)
        stores = {each["code"]: each for each in self._document["stores"]}
        here = self._now.astimezone(zoneinfo.ZoneInfo(stores[store]["time_zone"]))
        offset = here.utcoffset() or dt.timedelta()
        exponent: int = self._document["partner"]["currency"]["exponent"]
        receipt = parse_receipt(
            {
                "store": store,
                "local_time": asked.local_time or here.replace(tzinfo=None),
                "utc_offset_minutes": offset // dt.timedelta(minutes=1),
                "lines": [_line(i, line, exponent) for i, line in enumerate(asked.lines, start=1)],
                "coupons": asked.coupons,
                "points_to_spend": asked.points,
            }
        )
        shown = None
        if asked.card:
            shown = Shown("card", asked.card)
        elif asked.member:
            shown = self._shown[asked.member][0]
        return SaleCall(purchase_id=asked.purchase, receipt=receipt, identifier=shown)

    def _named(self, told: Told) -> Told:
        """The answer with names for ids, and without tokens."""
        named = {}
        for key, value in told.items():
            if key.endswith("_id"):
                kind = key.removesuffix("_id")
                count = sum(label.startswith(f"{kind}-") for label in self._labels.values())
                if value:
                    value = self._labels.setdefault(value, f"{kind}-{count + 1}")
                named[f"{kind}_name" if kind == "hold" else kind] = value
            elif key == "quote":
                named[key] = self._named(value)
            elif key != "token":
                named[key] = value
        return named


_ACTIONS: dict[str, Callable[[Teller, Step], Coroutine[None, None, Told | None]]] = {
    "quote": Teller.quote,
    "hold": Teller.hold,
    "confirm": Teller.confirm,
    "cancel": Teller.cancel,
    "extend_hold": Teller.extend_hold,
    "enrol": Teller.enrol,
    "adjust": Teller.adjust,
    "balances": Teller.balances,
    "block": Teller.block,
    "change_member": Teller.change_member,
    "publish": Teller.publish,
    "at": Teller.at,
    "passing": Teller.passing,
    "sweep": Teller.sweep,
}
