"""Tells a story to a shop: each step becomes a call, and each answer a document without ids.

What is remembered between steps is what a till remembers: the receipt and the token of a purchase's
last quote, and when it is. Ids become names in order of appearance (`receipt-1`, the member's own
name), so that two services can be compared and a story can say "the same receipt again".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkout.stories.card_desk import CardActions
from checkout.stories.certificate_steps import CertificateSteps, present
from checkout.stories.certificates import CERTIFICATE_KEYS, StoryCertificates
from checkout.stories.coupon_desk import CouponActions
from checkout.stories.document import as_utc, of_story
from checkout.stories.expectation import differences
from checkout.stories.gift_desk import GiftActions
from checkout.stories.household_steps import HouseholdSteps
from checkout.stories.late_actions import LateActions
from checkout.stories.merge_steps import MergeSteps
from checkout.stories.opening import OpeningLot, OpeningProfile
from checkout.stories.receipts import receipt_of
from checkout.stories.return_steps import ReturnSteps
from checkout.stories.rules import changed_rules, snapshot_document
from checkout.stories.shop import Arrival, SaleCall, Settled, Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from checkout.stories.document import Story
    from checkout.stories.sale_steps import SaleStep
    from checkout.stories.shop import Shop
    from checkout.stories.steps import Step

    Document = dict[str, Any]
    Told = dict[str, Any]

_DAY: Final = dt.timedelta(days=1)
#: Under which field the name of a thing stands.
_NAME_KEYS: Final = {
    "member": "member",
    "receipt": "receipt",
    "hold": "hold_name",
    "freeze": "freeze",
    "credit": "credit",
    "gift_given": "gift_given",
    "household": "household",
}


@dataclass(frozen=True, slots=True)
class StepTold:
    """One step as it went: its number from 1, its action, the answer, what was not as expected."""

    number: int
    action: str
    answer: Told
    differences: list[str]


class Teller(
    CardActions,
    CertificateSteps,
    CouponActions,
    GiftActions,
    HouseholdSteps,
    LateActions,
    MergeSteps,
    ReturnSteps,
):
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
        self._names: dict[str, str] = {}
        self._sales: dict[str, SaleCall] = {}
        self._tokens: dict[str, str] = {}
        self._freeze_ids: dict[str, str] = {}
        self._codes: dict[str, str] = {}
        self._numbers: dict[str, str] = {}
        self._given_ids: dict[str, str] = {}
        self._certificates = StoryCertificates()
        self._household_ids: dict[str, str] = {}
        self._merge_ids: dict[str, str] = {}
        self._request = ""

    async def tell(self) -> list[StepTold]:
        """All steps, then everybody's balances, which nobody expects but which are compared."""
        await self._shop.set_clock(self._now)
        published = await self._shop.publish(self._document)
        if published["status"] != "ok":
            return [StepTold(0, "publish", published, [f"the rules are refused: {published}"])]
        await self._shop.set_card_types(self._story.card_types)
        for name, member in self._story.members.items():
            await self._admit(name, member.card, member.phone)
        told = []
        for number, step in enumerate(self._story.steps, start=1):
            await self._shop.set_clock(self._now)
            self._request = f"step-{number}"
            answer = self.with_names(await _ACTIONS[step.action](self, step) or {})
            answer = self._named(answer)
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
                lot.currency or program["currencies"][0]["code"],
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
                tier=member.tier,
                lists=frozenset(member.lists),
                lots=lots,
                profile=OpeningProfile(
                    gender=member.gender,
                    born=member.born,
                    purchases=member.purchases,
                    last_purchase_on=member.last_purchase_on,
                    traits=member.traits(),
                ),
            )
        )
        self._member_ids[name] = member_id
        self._names[member_id] = name

    # ---- actions

    async def quote(self, step: Step) -> Told:
        asked = present(step.quote)
        call = self._sales[asked.purchase] = self._sale(asked)
        if asked.hold:
            request = asked.request or self._request
            told = await self._shop.quote_and_hold(call, request, asked.ttl_s)
        else:
            told = await self._shop.quote(call)
        self._tokens[asked.purchase] = told.get("token", "")
        return told

    async def hold(self, step: Step) -> Told:
        asked = present(step.hold)
        call = self._quoted(asked.purchase)
        token = self._tokens[asked.purchase]
        request = asked.request or self._request
        told = await self._shop.hold(call, token, request, asked.ttl_s)
        self._tokens[asked.purchase] = told.get("token", "") or token
        return told

    async def confirm(self, step: Step) -> Told:
        asked = present(step.confirm)
        call = self._sale(asked) if asked.lines else self._quoted(asked.purchase)
        self._sales[asked.purchase] = call
        token = self._tokens.get(asked.purchase, "") if asked.token else ""
        request = asked.request or self._request
        sells = tuple(
            (position, self._certificates.code(name)) for name, position in asked.sells.items()
        )
        told = await self._shop.confirm(
            call,
            token,
            request,
            Settled(asked.shift, asked.receipt_number, sells),
            already_paid=asked.already_paid,
        )
        self._certificates.learn(told)
        if told.get("quote"):
            self._tokens[asked.purchase] = told["quote"]["token"]
        return told

    async def cancel(self, step: Step) -> Told:
        asked = present(step.cancel)
        return await self._shop.cancel(asked.purchase, asked.request or self._request)

    async def extend_hold(self, step: Step) -> Told:
        asked = present(step.extend_hold)
        request = asked.request or self._request
        return await self._shop.extend_hold(asked.purchase, request, asked.ttl_s)

    async def adjust(self, step: Step) -> Told:
        asked = present(step.adjust)
        return await self._shop.adjust(
            self._member_id(asked.member),
            asked.currency,
            asked.amount_minor,
            asked.reason,
            asked.request or self._request,
        )

    async def balances(self, step: Step) -> Told:
        asked = present(step.balances)
        shown = (
            self.shown_card(asked.card)
            if asked.card
            else of_story(self._shown, asked.member, "member")[0]
        )
        return await self._shop.balances(self._store(asked.store), shown)

    async def statement(self, step: Step) -> Told:
        asked = present(step.statement)
        shown = of_story(self._shown, asked.member, "member")[0]
        return await self._shop.statement(self._store(asked.store), shown, asked.currency)

    async def block(self, step: Step) -> Told:
        asked = present(step.block)
        shown = {
            each.kind: each for each in reversed(of_story(self._shown, asked.member, "member"))
        }
        only = shown[asked.only] if asked.only else None
        request = asked.request or self._request
        return await self._shop.block(self._member_id(asked.member), only, request, lift=asked.lift)

    async def leave(self, step: Step) -> Told:
        asked = present(step.leave)
        return await self._shop.leave(
            self._member_id(asked.member),
            asked.program or "club",
            asked.request or self._request,
            join=asked.join,
        )

    async def set_tier(self, step: Step) -> Told:
        asked = present(step.set_tier)
        return await self._shop.set_tier(
            self._member_id(asked.member),
            asked.program or "club",
            asked.tier,
            asked.until,
            asked.request or self._request,
        )

    async def stop(self, step: Step) -> Told:
        asked = present(step.stop)
        return await self._shop.stop(
            asked.campaign, asked.request or self._request, lift=asked.lift
        )

    async def freeze(self, step: Step) -> Told:
        asked = present(step.freeze)
        told = await self._shop.freeze(
            self._member_id(asked.member),
            asked.currency,
            None if asked.amount_minor == "all" else asked.amount_minor,
            asked.request or self._request,
        )
        if told["status"] == "ok":
            self._freeze_ids[asked.name] = told["freeze_id"]
            self._names[told["freeze_id"]] = asked.name
        return told

    async def restore(self, step: Step) -> Told:
        asked = present(step.restore)
        freeze_id = of_story(self._freeze_ids, asked.freeze, "freeze")
        return await self._shop.restore(freeze_id, asked.request or self._request)

    async def change_member(self, step: Step) -> None:
        asked = present(step.change_member)
        await self._shop.change_member(
            self._member_id(asked.member),
            self._document["programs"][0]["code"],
            tier=asked.tier,
            lists=frozenset(asked.lists) if asked.lists is not None else None,
            traits=(
                asked.traits.model_dump(mode="json", exclude_defaults=True)
                if asked.traits is not None
                else None
            ),
        )

    async def publish(self, step: Step) -> Told:
        rules = changed_rules(self._rules, present(step.publish))
        document = snapshot_document(rules, self._partner)
        told = await self._shop.publish(document)
        if told["status"] == "ok":
            self._rules, self._document = rules, document
        return told

    async def at(self, step: Step) -> None:
        self._now = as_utc(present(step.at))

    async def passing(self, step: Step) -> None:
        self._now += present(step.passing).duration()

    async def sweep(self, step: Step) -> None:
        del step
        await self._shop.sweep()

    # ---- parts of several actions

    def _member_id(self, name: str) -> str:
        return of_story(self._member_ids, name, "member")

    def _store(self, code: str) -> str:
        first: str = self._document["stores"][0]["code"]
        return code or first

    def _quoted(self, purchase: str) -> SaleCall:
        return of_story(self._sales, purchase, "quote of purchase")

    def _sale(self, asked: SaleStep) -> SaleCall:
        store = self._store(asked.store)
        zones = {each["code"]: each["time_zone"] for each in self._document["stores"]}
        codes = tuple(map(self.shown_code, asked.coupons))
        receipt = receipt_of(
            asked.model_copy(update={"coupons": codes}),
            store=store,
            time_zone=of_story(zones, store, "store"),
            exponent=self._document["partner"]["currency"]["exponent"],
            now=self._now,
            codes=self._certificates.codes,
        )
        shown = None
        if asked.card:
            shown = self.shown_card(asked.card)
        elif asked.member:
            known = of_story(self._shown, asked.member, "member")
            kinds = {each.kind: each for each in reversed(known)}
            shown = kinds[asked.shown] if asked.shown else known[0]
        return SaleCall(
            purchase_id=asked.purchase,
            receipt=receipt,
            identifier=shown,
            is_training=asked.training,
        )

    def _named(self, told: Told) -> Told:
        """The answer with names for ids, and without tokens."""
        named: Told = {}
        for key, value in told.items():
            if key == "token":
                continue
            if key == "quote":
                named[key] = self._named(value)
            elif key.endswith("_id"):
                kind = key.removesuffix("_id")
                named[_NAME_KEYS[kind]] = self._name(kind, value) if value else ""
            elif key in CERTIFICATE_KEYS:
                named[key] = self._certificates.unmask(value)
            else:
                named[key] = value
        return named

    def _name(self, kind: str, value: str) -> str:
        if value not in self._names:
            count = sum(name.startswith(f"{kind}-") for name in self._names.values())
            self._names[value] = f"{kind}-{count + 1}"
        return self._names[value]


_ACTIONS: dict[str, Callable[[Teller, Step], Coroutine[None, None, Told | None]]] = {
    "quote": Teller.quote,
    "hold": Teller.hold,
    "confirm": Teller.confirm,
    "cancel": Teller.cancel,
    "offline": Teller.offline,
    "add_purchase": Teller.add_purchase,
    "credit": Teller.credit,
    "take_back": Teller.take_back,
    "return_without_receipt": Teller.return_without_receipt,
    "extend_hold": Teller.extend_hold,
    "enrol": Teller.enrol,
    "adjust": Teller.adjust,
    "balances": Teller.balances,
    "statement": Teller.statement,
    "block": Teller.block,
    "leave": Teller.leave,
    "set_tier": Teller.set_tier,
    "stop": Teller.stop,
    "freeze": Teller.freeze,
    "restore": Teller.restore,
    "join_household": Teller.join_household,
    "leave_household": Teller.leave_household,
    "merge": Teller.merge,
    "unmerge": Teller.unmerge,
    "bind_card": Teller.bind_card,
    "issue_cards": Teller.issue_cards,
    "replace_card": Teller.replace_card,
    "issue_coupons": Teller.issue_coupons,
    "block_coupon": Teller.block_coupon,
    "check_coupon": Teller.check_coupon,
    "list_coupons": Teller.list_coupons,
    "set_gift_stock": Teller.set_gift_stock,
    "give_gift": Teller.give_gift,
    "take_gift_back": Teller.take_gift_back,
    "list_gifts": Teller.list_gifts,
    "issue_certificate": Teller.issue_certificate,
    "check_certificate": Teller.check_certificate,
    "block_certificate": Teller.block_certificate,
    "move_certificate": Teller.move_certificate,
    "change_member": Teller.change_member,
    "publish": Teller.publish,
    "at": Teller.at,
    "passing": Teller.passing,
    "sweep": Teller.sweep,
}
