"""What a story needs of a service: pure rooms in memory, or a real one behind gRPC.

Answers are documents of plain values with the same fields from both, so that they can be compared.
Ids stand under names that end in `_id` and a token under `token`: the teller replaces them, since
they differ from run to run. Moments are told to the minute.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from checkout.stories.card_shop import CardShop
from checkout.stories.opening import OpeningProfile

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from checkout.engine.receipt import Receipt
    from checkout.flows.sale import AlreadyPaid
    from checkout.stories.coupon_desk import CouponDesk
    from checkout.stories.gift_desk import GiftDesk
    from checkout.stories.opening import OpeningLot

    Document = dict[str, Any]
    Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """A card, phone or external id as a till reads it."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleCall:
    """A sale as a till sends it."""

    purchase_id: str
    receipt: Receipt
    identifier: Shown | None
    is_training: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """What a till knows at the end of a sale."""

    shift: str = ""
    receipt_number: str = ""
    #: Certificates that it sells: the line of each, and its code.
    sells: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What an operator says of a purchase beside its receipt; `is_whole`: lines are not known."""

    request_id: str
    amount_minor: int
    terminal: str
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A member who is there when the story begins."""

    identifiers: Sequence[Shown]
    program: str
    tier: str = ""
    lists: frozenset[str] = frozenset()
    lots: Sequence[OpeningLot] = ()
    profile: OpeningProfile = field(default_factory=OpeningProfile)


class Shop(CardShop, Protocol):
    """A partner's service, as one story sees it."""

    @property
    def coupons(self) -> CouponDesk:
        """Calls about unique coupons."""

    @property
    def gifts(self) -> GiftDesk:
        """Calls about gifts."""

    async def set_clock(self, now: dt.datetime) -> None:
        """It is now this moment."""

    async def publish(self, document: Document) -> Told:
        """Put rules in force."""

    async def admit(self, arrival: Arrival) -> str:
        """A member is there, with points brought along; the member's id."""

    async def quote(self, call: SaleCall) -> Told:
        """Price a sale."""

    async def quote_and_hold(self, call: SaleCall, request_id: str, ttl_s: int) -> Told:
        """Price a sale and set aside what it takes."""

    async def hold(self, call: SaleCall, token: str, request_id: str, ttl_s: int) -> Told:
        """Set aside what a quote takes."""

    async def confirm(
        self,
        call: SaleCall,
        token: str,
        request_id: str,
        settled: Settled,
        *,
        already_paid: bool,
    ) -> Told:
        """Make a sale final; `sells` are positions and codes of certificates."""

    async def submit_offline(self, call: SaleCall, paid: AlreadyPaid, settled: Settled) -> Told:
        """Take over a sale as it was made."""

    async def add_purchase(self, call: SaleCall, settled: Settled, added: Added) -> Told:
        """Add a member's purchase by hand."""

    async def credit_later(
        self, store: str, purchase_id: str, identifier: Shown, request_id: str
    ) -> Told:
        """Let a member earn on a purchase that was a guest's."""

    async def cancel(self, purchase_id: str, request_id: str) -> Told:
        """Drop a sale."""

    async def quote_return(self, purchase_id: str, quantities: dict[int, int]) -> Told:
        """Say what a return would give back."""

    async def confirm_return(
        self,
        purchase_id: str,
        return_id: str,
        quantities: dict[int, int],
        shown_money_minor: int | None,
        request_id: str,
    ) -> Told:
        """Take goods back."""

    async def return_without_receipt(
        self,
        store: str,
        return_id: str,
        goods: Mapping[str, int],
        identifier: Shown | None,
        request_id: str,
    ) -> Told:
        """Take back goods of an unknown purchase: what is paid out by article."""

    async def extend_hold(self, purchase_id: str, request_id: str, ttl_s: int) -> Told:
        """Hold longer."""

    async def merge_members(self, absorbed_id: str, survivor_id: str, request_id: str) -> Told:
        """Let one member be another name of a second one."""

    async def unmerge_members(self, merge_id: str, request_id: str) -> Told:
        """Take a merge back."""

    async def adjust(
        self, member_id: str, currency: str, amount_minor: int, reason: str, request_id: str
    ) -> Told:
        """Correct a member's points."""

    async def balances(self, store: str, identifier: Shown) -> Told:
        """A member's tier and balances."""

    async def statement(self, store: str, identifier: Shown, currency: str) -> Told:
        """The newest entries of a member's account, and what is owed."""

    async def block(
        self, member_id: str, identifier: Shown | None, request_id: str, *, lift: bool
    ) -> Told:
        """Block a member, or one identifier."""

    async def leave(self, member_id: str, program: str, request_id: str, *, join: bool) -> Told:
        """Let a member leave a program, or join it again."""

    async def set_tier(
        self, member_id: str, program: str, tier: str, until: dt.date | None, request_id: str
    ) -> Told:
        """Give a member a tier by hand."""

    async def stop(self, campaign: str, request_id: str, *, lift: bool) -> Told:
        """Stop a campaign in an emergency."""

    async def freeze(
        self, member_id: str, currency: str, amount_minor: int | None, request_id: str
    ) -> Told:
        """Take points out of reach; without a number all that can be spent."""

    async def restore(self, freeze_id: str, request_id: str) -> Told:
        """Give frozen points back."""

    async def create_household(self, request_id: str) -> Told:
        """A household without members."""

    async def join_household(self, household_id: str, member_id: str, request_id: str) -> Told:
        """Let a member pool points."""

    async def leave_household(self, member_id: str, request_id: str) -> Told:
        """Take a member out of the household."""

    async def issue_certificate(
        self, series: str, face: int, request_id: str, *, activate: bool
    ) -> Told:
        """Make a certificate; the answer has its code."""

    async def check_certificate(self, store: str, code: str) -> Told:
        """Look at a certificate."""

    async def block_certificate(self, code: str, request_id: str, *, lift: bool) -> Told:
        """Block a certificate."""

    async def move_certificate(self, code: str, request_id: str) -> Told:
        """Move what is left to a new code, which the answer has."""

    async def change_member(
        self,
        member_id: str,
        program: str,
        *,
        tier: str | None = None,
        lists: frozenset[str] | None = None,
        traits: Document | None = None,
    ) -> None:
        """Move a member to another tier or into other lists, or know other traits."""

    async def sweep(self) -> None:
        """End holds whose time is over."""
