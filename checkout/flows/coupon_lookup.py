"""CheckCoupon and ListCoupons: what a code is good for, and which coupons a member has.

One statement each, beside the reads that find a member.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checkout.engine.periods import LocalMoment
from checkout.flows.coupon_facts import fault_of
from checkout.flows.sale_operation import missing_snapshot
from checkout.ledger.merged_view import ids_of
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from uuid import UUID

    from checkout.engine.compiled import CompiledCampaign, CompiledProgram
    from checkout.engine.facts import CouponFault
    from checkout.flows.coupon_codes import CouponCodes
    from checkout.flows.ports import Coupons, Members, Snapshots
    from checkout.flows.sale import Caller, PresentedIdentifier
    from checkout.ledger.coupon_rows import Coupon

#: Campaigns that are told of one coupon.
TERMS_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class CouponTerm:
    """A campaign that a coupon switches on; `ends_at` is local, none: without end."""

    campaign: str
    name: str
    in_force: bool
    ends_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class CouponView:
    """A unique coupon with its terms; without code if somebody else made it."""

    coupon: Coupon
    code: str
    terms: Sequence[CouponTerm]


@dataclass(frozen=True, slots=True)
class CheckedCoupon:
    """What a code is good for; without coupon it is shared, or (no terms) unknown."""

    fault: CouponFault | None
    view: CouponView | None
    terms: Sequence[CouponTerm]


@dataclass(frozen=True, slots=True)
class CouponPage:
    """A page; `after` is where the next one begins."""

    coupons: Sequence[CouponView]
    after: UUID | None


class CouponLookup:
    """Answers questions about coupons."""

    def __init__(
        self,
        snapshots: Snapshots,
        members: Members,
        coupons: Coupons,
        codes: CouponCodes,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._snapshots = snapshots
        self._members = members
        self._coupons = coupons
        self._codes = codes
        self._clock = clock

    async def check(
        self, caller: Caller, code: str, identifier: PresentedIdentifier | None
    ) -> CheckedCoupon | Refusal:
        """What a code is good for now, for a member or a guest.

        Raises:
            StoreError: the database cannot be asked.
        """
        program = self._program(caller)
        if isinstance(program, Refusal):
            return program
        now = self._clock()
        canonical = program.fold_code(code)
        if canonical in program.coupons_known:
            named = program.by_coupon_named.get(canonical, ())
            return CheckedCoupon(None, None, self._terms(caller, named, now))
        member, _ = await self._members.find(caller, identifier)
        digest = self._codes.digest(caller.partner_id, code)
        for coupon in await self._coupons.find([(caller.partner_id, digest)]):
            view = self._view(caller, program, coupon, now, code)
            return CheckedCoupon(fault_of(coupon, ids_of(member), now), view, ())
        return CheckedCoupon(None, None, ())

    async def page(
        self, caller: Caller, identifier: PresentedIdentifier, after: UUID | None, size: int
    ) -> CouponPage | Refusal:
        """A member's own coupons that can be used now or later.

        Raises:
            StoreError: the database cannot be asked.
        """
        program = self._program(caller)
        if isinstance(program, Refusal):
            return program
        member, reason = await self._members.find(caller, identifier)
        if member is None:
            return Refusal(reason or Reason.MEMBER_UNKNOWN, "it brings no member", "identifier")
        now = self._clock()
        found = await self._coupons.of_member(
            caller.partner_id, ids_of(member), after, now, size + 1
        )
        shown = found[:size]
        return CouponPage(
            [self._view(caller, program, coupon, now) for coupon in shown],
            shown[-1].coupon_id if len(found) > len(shown) else None,
        )

    def _program(self, caller: Caller) -> CompiledProgram | Refusal:
        snapshot = self._snapshots.current(caller.partner_id)
        if snapshot is None or caller.store_code not in snapshot.stores:
            return missing_snapshot()
        return snapshot.programs[snapshot.stores[caller.store_code].program]

    def _view(
        self,
        caller: Caller,
        program: CompiledProgram,
        coupon: Coupon,
        now: dt.datetime,
        code: str = "",
    ) -> CouponView:
        named = program.by_series_named.get(coupon.series_code, ())
        return CouponView(
            coupon, code or self._codes.known_code(coupon), self._terms(caller, named, now)
        )

    def _terms(
        self, caller: Caller, campaigns: Iterable[CompiledCampaign], now: dt.datetime
    ) -> list[CouponTerm]:
        local = now.astimezone(zoneinfo.ZoneInfo(caller.time_zone)).replace(tzinfo=None)
        moment = LocalMoment(local)
        told = sorted(campaigns, key=lambda campaign: campaign.code)[:TERMS_MAX]
        return [
            CouponTerm(
                campaign.code,
                campaign.name,
                campaign.schedule.dates_hold(moment),
                campaign.schedule.ends_at,
            )
            for campaign in told
        ]
