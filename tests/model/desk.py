"""The shop as it is served: calls by the names of the model, answers in its words."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import grpc

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2, receipt_pb2
from checkout.v1 import gift_pb2 as gp
from checkout.v1 import operator_service_pb2 as op
from tests.model import shop
from tests.model.values import OK
from tests.service import gifts, world
from tests.service.bulks import undo
from tests.service.clock import move_clock
from tests.service.coupons import issue
from tests.service.till import fresh, line, receipt, said_by, shown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from tests.model.values import Answer, Sale
    from tests.service.running import Service

#: Coupons are issued with codes that are given.
_CODE: Final = "COUPON-{}"
#: Nothing was written: a till repeats the call with the same ids, as the guide says. It is answered
#: on a machine with much else to do, where a batch takes longer than the service gives it.
STARVED: Final = "STORAGE_UNAVAILABLE"
ATTEMPTS_MAX: Final = 5


class Desk:
    """Makes each call of `tests.model.model.Model` at the service, and tells its answer."""

    def __init__(self, service: Service, members: dict[str, str], offset: dt.timedelta) -> None:
        """`members` are ids by card; the clock has been moved by `offset`."""
        self.service = service
        self.members = members
        self.offset = offset
        self.household = ""
        self.receipts: dict[str, receipt_pb2.Receipt] = {}
        self.codes: dict[str, str] = {}
        self.freezes: dict[str, str] = {}
        self.corrections: dict[str, str] = {}
        self.merges: dict[str, str] = {}
        self.gifts: dict[str, str] = {}
        #: How to make each call again, and its first answer.
        self.answered: list[tuple[Callable[[], Awaitable[Any]], Any]] = []
        self.worker = 0

    @property
    def now(self) -> dt.datetime:
        """The moved clock."""
        return dt.datetime.now(dt.UTC) + self.offset

    # ---- sales

    async def buy(self, name: str, sale: Sale) -> Answer:
        content, settlement = self._receipt(name, sale), receipt_pb2.Settlement()
        if sale.sells:
            settlement.certificates_sold.add(position=1, code=self.codes[sale.sells])
        return await self._confirm(name, content, settlement)

    async def hold(self, name: str, sale: Sale, minutes: int) -> Answer:
        before = self.receipts.get(name)
        content, request_id = self._receipt(name, sale), fresh("hold")
        ttl_s = minutes * 60
        till = self._till()
        answer = await self._call(
            lambda: till.quote(name, content, hold=True, request_id=request_id, hold_ttl_s=ttl_s),
            lambda answer: _price_of(answer.outcome),
        )
        if answer[0] != OK and before is not None:
            self.receipts[name] = before
        return answer

    async def extend(self, name: str, minutes: int) -> Answer:
        till, request_id = self._till(), fresh("extend")
        return await self._call(lambda: till.extend(name, minutes * 60, request_id))

    async def confirm(self, name: str, fewer: int | None, *, afresh: bool) -> Answer:
        content = receipt_pb2.Receipt()
        content.CopyFrom(self.receipts[name])
        if fewer is not None:
            content.ClearField("points_to_spend")
            content.points_minor = fewer
        if afresh:
            content.local_time = self._local_time()
        return await self._confirm(name, content, None)

    async def cancel(self, name: str) -> Answer:
        till, request_id = self._till(), fresh("cancel")
        return await self._call(
            lambda: till.cancel(name, request_id),
            lambda answer: {"freed": answer.released_points_minor},
        )

    async def submit(self, name: str, sale: Sale, minutes: int) -> Answer:
        # What has ended is booked before: what an end that nobody booked leaves can be spent.
        await self.book_lots()
        content = self._receipt(name, sale, dt.timedelta(minutes=minutes))
        content.ClearField("points_to_spend")
        given = shop.given_by_till(
            sale.basket, to_member=bool(sale.member), coupon=bool(sale.coupon)
        )
        paid = receipt_pb2.AlreadyPaid(
            discounts=[
                receipt_pb2.GivenDiscount(position=at, campaign=campaign, amount_minor=amount)
                for at, campaign, amount in given
            ],
            points_minor=sale.points or 0,
        )
        till = self._till()
        return await self._call(
            lambda: till.submit(name, content, paid),
            lambda answer: _price_of(answer.confirmed.outcome),
        )

    async def credit(self, name: str, member: str) -> Answer:
        till, request_id = self._till(), fresh("credit")
        return await self._call(
            lambda: till.credit(name, member, request_id=request_id),
            lambda answer: {"earned": answer.outcome.points_earned_minor},
        )

    async def take_back(self, name: str, lines: Sequence[tuple[int, int]]) -> Answer:
        till, request_id, return_id = self._till(), fresh("return"), fresh("back")
        wanted = dict(lines) or None
        return await self._call(
            lambda: till.take_back(name, wanted, return_id=return_id, request_id=request_id),
            lambda answer: _return_of(answer.returned),
        )

    # ---- operators

    async def adjust(self, name: str, member: str, amount: int) -> Answer:
        operator, member_id, request_id = self._operator(), self.members[member], fresh("adjust")

        def tell(answer: op.AdjustBalanceResponse) -> dict[str, int]:
            self.corrections[name] = answer.correction_id
            return {}

        return await self._call(
            lambda: operator.adjust(member_id, amount, request_id=request_id, reason=name), tell
        )

    async def undo(self, name: str) -> Answer:
        operator, correction_id, request_id = self._operator(), self.corrections[name], fresh("u")
        return await self._call(
            lambda: undo(operator, correction_id, request_id=request_id),
            lambda answer: {"changed": int(answer[0].changed)},
        )

    async def freeze(self, name: str, member: str, amount: int | None) -> Answer:
        operator, member_id, request_id = self._operator(), self.members[member], fresh("freeze")

        def tell(answer: op.FreezePointsResponse) -> dict[str, int]:
            self.freezes[name] = answer.freeze_id
            return {"frozen": answer.frozen_minor}

        return await self._call(
            lambda: operator.freeze(member_id, amount, request_id=request_id), tell
        )

    async def restore(self, name: str) -> Answer:
        operator, freeze_id, request_id = self._operator(), self.freezes[name], fresh("restore")
        return await self._call(
            lambda: operator.restore(freeze_id, request_id),
            lambda answer: {"restored": answer.restored_minor},
        )

    async def freeze_account(self, member: str, lift: bool) -> Answer:
        operator, request_id = self._operator(), fresh("account")
        request = op.FreezeAccountRequest(
            request_id=request_id,
            member_id=self.members[member],
            currency=world.CURRENCY,
            reason="a test",
            lift=lift,
        )
        return await self._call(lambda: operator.call("FreezeAccount", request), _changed)

    async def erase(self, member: str, write_off: bool) -> Answer:
        operator, member_id, request_id = self._operator(), self.members[member], fresh("erase")
        return await self._call(
            lambda: operator.erase(member_id, request_id, write_off=write_off),
            lambda answer: {
                "changed": int(answer.changed),
                "points": sum(answer.written_off_minor.values()),
                "debts": sum(answer.debts_minor.values()),
            },
        )

    async def merge(self, name: str, absorbed: str, survivor: str) -> Answer:
        operator, request_id = self._operator(), fresh("merge")
        ids = self.members[absorbed], self.members[survivor]

        def tell(answer: op.MergeMembersResponse) -> dict[str, int]:
            self.merges[name] = answer.merge_id
            return _changed(answer) | {"moved": answer.moved_minor.get(world.CURRENCY, 0)}

        return await self._call(lambda: operator.merge(*ids, request_id), tell)

    async def unmerge(self, name: str) -> Answer:
        operator, merge_id, request_id = self._operator(), self.merges[name], fresh("unmerge")

        def tell(answer: op.UnmergeMembersResponse) -> dict[str, int]:
            moved, debts = (
                amounts.get(world.CURRENCY, 0)
                for amounts in (answer.moved_minor, answer.debts_minor)
            )
            return _changed(answer) | {"moved": moved, "debts": debts}

        return await self._call(lambda: operator.unmerge(merge_id, request_id), tell)

    async def give(self, name: str, member: str, count: int) -> Answer:
        operator, member_id, request_id = self._operator(), self.members[member], fresh("give")

        def tell(answer: gp.GiveGiftResponse) -> dict[str, int]:
            self.gifts[name] = answer.gift_given_id
            return {"points": answer.points_minor}

        return await self._call(
            lambda: gifts.give(operator, member_id, count, request_id, reason=name), tell
        )

    async def take_gift_back(self, name: str) -> Answer:
        operator, given_id, request_id = self._operator(), self.gifts[name], fresh("gift")
        return await self._call(
            lambda: gifts.take_back(operator, given_id, request_id),
            lambda answer: _changed(answer) | {"points": answer.points_minor},
        )

    async def join(self, member: str) -> Answer:
        operator, member_id, request_id = self._operator(), self.members[member], fresh("join")
        return await self._call(
            lambda: operator.join_household(self.household, member_id, request_id), _changed
        )

    async def leave(self, member: str) -> Answer:
        operator, request_id = self._operator(), fresh("leave")
        request = op.RemoveFromHouseholdRequest(
            request_id=request_id, member_id=self.members[member], reason="they moved out"
        )
        return await self._call(lambda: operator.call("RemoveFromHousehold", request), _changed)

    async def issue(self, coupon: str) -> Answer:
        operator, request_id = self._operator(), fresh("issue")
        code = _CODE.format(coupon)
        return await self._call(lambda: issue(operator, codes=[code], request_id=request_id))

    async def make_certificate(self, name: str, series: str, activate: bool) -> Answer:
        (self.codes[name],) = await self._operator().issue_certificates(
            series, 1, activate=activate
        )
        return OK, {}

    async def publish(self, rules: int) -> Answer:
        await shop.put_rules(self.service.database, shop.RULES[rules])
        await self._operator().publish()
        for worker in self.service.workers:
            await worker.follower.step()
        return OK, {}

    async def pass_time(self, minutes: int) -> Answer:
        self.offset += dt.timedelta(minutes=minutes)
        await self.move_clock()
        await self.sweep()
        return OK, {}

    # ---- beside the model

    async def move_clock(self) -> None:
        """For the service, and for the connection that looks at its tables."""
        await move_clock(self.service, self.offset)
        seconds = int(self.offset.total_seconds())
        await self.service.database.execute(f"set checkout.clock_offset = '{seconds} seconds'")

    async def sweep(self) -> None:
        """End the holds whose time is over."""
        await self.service.workers[0].sweeper.step()

    async def book_lots(self) -> None:
        """Book what has begun and ended."""
        await self.service.workers[0].lot_keeper.step()

    async def repeat(self, number: int) -> None:
        """A call that was answered is answered as before, and does nothing."""
        make, first = self.answered[number % len(self.answered)]
        again = await make()
        assert again == first, f"repeated, the call is answered otherwise: {again} after {first}"

    async def spendable(self, member: str) -> int:
        """What the till is told that a member can spend."""
        return await self.service.till().balance_minor(member)

    # ---- parts

    def _till(self) -> Any:
        self.worker += 1
        return self.service.till(worker=self.worker % len(self.service.workers))

    def _operator(self) -> Any:
        self.worker += 1
        return self.service.operator(worker=self.worker % len(self.service.workers))

    def _local_time(self, late: dt.timedelta = dt.timedelta()) -> str:
        return (self.now - late).replace(tzinfo=None).isoformat(timespec="microseconds")

    def _receipt(
        self, name: str, sale: Sale, late: dt.timedelta = dt.timedelta()
    ) -> receipt_pb2.Receipt:
        points = {"points_max": True} if sale.points is None else {"points_minor": sale.points}
        lines = [
            line(sku, shop.PRICES[sku], at, quantity_milli=units * 1_000)
            for at, (sku, units) in enumerate(sale.basket, start=1)
        ]
        codes = [self.codes[name] for name in (sale.certificate, sale.ride) if name]
        found = receipt(
            *lines,
            card=sale.member,
            local_time=self._local_time(late),
            coupons=[_CODE.format(sale.coupon)] if sale.coupon else [],
            certificates=shown(*codes),
            **points,
        )
        self.receipts[name] = found
        return found

    async def _confirm(
        self, name: str, content: receipt_pb2.Receipt, settlement: receipt_pb2.Settlement | None
    ) -> Answer:
        till, request_id = self._till(), fresh("confirm")
        return await self._call(
            lambda: till.confirm(name, content, request_id=request_id, settlement=settlement),
            lambda answer: _price_of(answer.outcome),
        )

    async def _call(
        self,
        make: Callable[[], Awaitable[Any]],
        tell: Callable[[Any], dict[str, int]] = lambda _: {},
    ) -> Answer:
        attempts = 1
        while True:
            try:
                answer = await make()
            except grpc.aio.AioRpcError as error:
                reason = said_by(error).reason or error.code().name
                if reason != STARVED or attempts == ATTEMPTS_MAX:
                    return reason, {}
                attempts += 1
                continue
            break
        refused = _refused(answer)
        if refused:
            return refused, {}
        status = getattr(answer, "status", pb.STATUS_OK)
        if status == pb.STATUS_PRICE_CHANGED:
            return "PRICE_CHANGED", {}
        self.answered.append((make, answer))
        if status != pb.STATUS_OK:
            return _reason(answer.reason), {}
        return OK, tell(answer)


def _refused(answer: Any) -> str:
    """Why one of several was refused; empty if it was not."""
    if isinstance(answer, pb.OfflineResult) and answer.HasField("refused"):
        return _reason(answer.refused.reason)
    if isinstance(answer, list) and answer[0].reason:
        return _reason(answer[0].reason)
    return ""


def _reason(number: Any) -> str:
    return error_reason_pb2.ErrorReason.Name(number).removeprefix("ERROR_REASON_")


def _changed(answer: Any) -> dict[str, int]:
    return {"changed": int(answer.changed)}


def _price_of(outcome: Any) -> dict[str, int]:
    return {
        "pays": outcome.payable_minor,
        "points": outcome.redemption.points_minor,
        "certificate": outcome.certificates_minor,
        "earned": outcome.points_earned_minor,
        "discount": outcome.discount_minor,
    }


def _return_of(returned: Any) -> dict[str, int]:
    return {
        "money": returned.money_minor,
        "points": returned.points_back_minor,
        "certificate": returned.certificates_minor,
        "taken": sum(each.points_minor for each in returned.points_taken),
        "owed": sum(each.owed_minor for each in returned.points_taken),
    }
