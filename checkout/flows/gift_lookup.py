"""ListGifts: what can be given at a store now, to a member or to anybody.

Round trips: those of a quote for the member; stocks come from the worker's memory, at most a second
behind.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.engine.periods import LocalMoment
from checkout.flows.operation import who_takes_part
from checkout.flows.sale_operation import missing_snapshot
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from checkout.engine.schema.gifts import ProgramGift
    from checkout.flows.gift_stocks import GiftStocks
    from checkout.flows.ports import Members, Snapshots
    from checkout.flows.sale import Caller, PresentedIdentifier


@dataclass(frozen=True, slots=True)
class GiftView:
    """One gift; `left` of one that is counted, `has_points` if a member was asked about."""

    gift: ProgramGift
    currency: str
    left: int | None
    has_points: bool


class GiftLookup:
    """Answers what can be given."""

    def __init__(
        self,
        snapshots: Snapshots,
        members: Members,
        stocks: GiftStocks,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._snapshots = snapshots
        self._members = members
        self._stocks = stocks
        self._clock = clock

    async def gifts(
        self, caller: Caller, identifier: PresentedIdentifier | None
    ) -> Sequence[GiftView] | Refusal:
        """The gifts of the store's program that are given here and now, in its order.

        Those that are out of stock, or cost more than the member has, are told as such.

        Raises:
            StoreError: the member is in no cache and the database cannot be asked.
        """
        snapshot = self._snapshots.current(caller.partner_id)
        if snapshot is None or caller.store_code not in snapshot.stores:
            return missing_snapshot()
        program = snapshot.programs[snapshot.stores[caller.store_code].program]
        now = self._clock()
        member = None
        if identifier is not None:
            who = await self._members.find(caller, identifier)
            member, reason = who_takes_part(*who, program.document.code)
            if member is None:
                return Refusal(reason or Reason.MEMBER_UNKNOWN, "it brings no member", "identifier")
        local = now.astimezone(zoneinfo.ZoneInfo(caller.time_zone)).replace(tzinfo=None)
        moment, stocks = LocalMoment(local), self._stocks.of(caller.partner_id)
        views = []
        for gift in program.gifts.values():
            if gift.fault(caller.store_code, moment, 0, 0) is not None:
                continue
            currency = gift.document.currency or program.main_currency.code
            price, can_spend = gift.document.points_minor, 0
            if member is not None and not member.purse.is_frozen(currency):
                can_spend = max(member.purse.net_minor(currency, now, now), 0)
            left = max(stocks.get(gift.code, 0), 0) if gift.is_counted else None
            views.append(
                GiftView(gift.document, currency, left, member is not None and can_spend >= price)
            )
        return views
