"""The state machine of MT3: draws calls, makes them in the model and at the desk, and compares."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    multiple,
    precondition,
    rule,
)

from tests.model.model import OK
from tests.model.stand import MEMBERS, open_stand
from tests.model.values import Sale

if TYPE_CHECKING:
    from tests.model.stand import Place, Stand

member = st.sampled_from(MEMBERS)
units = st.integers(1, 3)
points = st.sampled_from([0, 0, 1, 3_33, 20_00, 45_00, None, None])
amount = st.sampled_from([-50_00, -7_77, -1, 1, 5_55, 60_00])


class ShopMachine(RuleBasedStateMachine):
    """Every step is one call; after it the model, the tables and the till say the same."""

    place: Place
    steps = 0
    runs = 0

    held = Bundle("held")
    sold = Bundle("sold")
    coupons = Bundle("coupons")
    certificates = Bundle("certificates")
    corrections = Bundle("corrections")
    freezes = Bundle("freezes")

    def __init__(self) -> None:
        super().__init__()
        type(self).runs += 1
        self.runner = asyncio.Runner()
        self.open = AsyncExitStack()
        self.stand: Stand = self.runner.run(self.open.enter_async_context(open_stand(self.place)))
        self.names = 0
        self.is_whole = False

    def teardown(self) -> None:
        try:
            if self.is_whole:
                violated = self.runner.run(self.stand.verified())
                assert not violated, violated
                self.runner.run(self.stand.compare())
        finally:
            self.runner.run(self.open.aclose())
            self.runner.close()

    # ---- what is shared

    def new(self, letter: str) -> str:
        self.names += 1
        return f"{letter}{self.names:03}"

    def call(self, name: str, *what: Any, **more: Any) -> bool:
        """Make a call on both sides; whether it was done."""
        return self.runner.run(self._call(name, *what, **more))

    async def _call(self, name: str, *what: Any, **more: Any) -> bool:
        type(self).steps += 1
        # What fails stays failed: no other check is made of a run that has gone wrong.
        self.is_whole = False
        expected = getattr(self.stand.model, name)(*what, **more)
        answer = await getattr(self.stand.desk, name)(*what, **more)
        assert answer == expected, f"{name} was answered {answer}, not {expected}"
        await self.stand.compare()
        self.is_whole = True
        return bool(expected[0] == OK)

    def named(self, letter: str, name: str, *what: Any) -> MultipleResults[str]:
        """Make a call that makes something; its name goes to the rule's bundle if it was done."""
        new = self.new(letter)
        return multiple(new) if self.call(name, new, *what) else multiple()

    # ---- rules

    @initialize(target=sold)
    def begin(self) -> MultipleResults[str]:
        """Everybody has points of two dates to spend, and has bought something."""
        for each in MEMBERS:
            self.named("c", "adjust", each, 30_00)
        bought = [self.named("p", "buy", Sale(each, "apple", 3)) for each in MEMBERS]
        return multiple(*(name for each in bought for name in each.values))

    @rule(
        target=sold, who=member, sku=st.sampled_from(["apple", "bread", "soap"]), n=units, p=points
    )
    def buy(self, who: str, sku: str, n: int, p: int | None) -> MultipleResults[str]:
        return self.named("p", "buy", Sale(who, sku, n, p))

    @rule(target=sold, who=member, sku=st.sampled_from(["apple", "bread"]), n=st.integers(2, 3))
    def buy_much(self, who: str, sku: str, n: int) -> MultipleResults[str]:
        """With all the points there are: most often out of several lots."""
        return self.named("p", "buy", Sale(who, sku, n, None))

    @rule(target=sold, who=member, n=units, p=points, coupon=coupons)
    def buy_with_coupon(self, who: str, n: int, p: int | None, coupon: str) -> MultipleResults[str]:
        return self.named("p", "buy", Sale(who, "towel", n, p, coupon))

    @rule(target=sold, who=member, n=units, p=points, certificate=certificates)
    def buy_with_certificate(
        self, who: str, n: int, p: int | None, certificate: str
    ) -> MultipleResults[str]:
        return self.named("p", "buy", Sale(who, "apple", n, p, certificate=certificate))

    @rule(
        target=held, who=member, sku=st.sampled_from(["apple", "bread", "soap"]), n=units, p=points
    )
    def hold(self, who: str, sku: str, n: int, p: int | None) -> MultipleResults[str]:
        return self.named("p", "hold", Sale(who, sku, n, p), 10)

    @rule(target=held, who=member, p=points, coupon=coupons, certificate=certificates)
    def hold_all(
        self, who: str, p: int | None, coupon: str, certificate: str
    ) -> MultipleResults[str]:
        return self.named("p", "hold", Sale(who, "towel", 2, p, coupon, certificate), 10)

    @rule(name=held, who=member, p=points)
    def replace_hold(self, name: str, who: str, p: int | None) -> None:
        self.call("hold", name, Sale(who, "bread", 2, p), 30)

    @rule(name=held)
    def extend(self, name: str) -> None:
        self.call("extend", name, 30)

    @rule(target=sold, name=consumes(held))
    def confirm(self, name: str) -> MultipleResults[str]:
        return self._confirm(name, None)

    @rule(target=sold, name=consumes(held), part=st.sampled_from([0, 1, 2]))
    def confirm_with_fewer_points(self, name: str, part: int) -> MultipleResults[str]:
        purchase = self.stand.model.purchases[name]
        fewer = purchase.price.points * part // 3
        is_fewer = purchase.state == "held" and fewer < purchase.price.points
        return self._confirm(name, fewer if is_fewer else None)

    def _confirm(self, name: str, fewer: int | None) -> MultipleResults[str]:
        model = self.stand.model
        purchase = model.purchases[name]
        if purchase.state == "confirmed":
            return multiple()  # replaced holds stand in the bundle once, but sold ones may, too
        is_old = (model.now - purchase.made).total_seconds() > 3_600
        afresh = purchase.state == "lapsed" and is_old
        new = self.call("confirm", name, fewer, afresh=afresh)
        return multiple(name) if new else multiple()

    @rule(name=st.one_of(held, held, sold))
    def cancel(self, name: str) -> None:
        self.call("cancel", name)

    @rule(name=st.one_of(sold, sold, held), n=st.sampled_from([0, 1, 1, 1, 2]))
    def take_back(self, name: str, n: int) -> None:
        self.call("take_back", name, n)

    @rule(name=sold)
    def take_one_back(self, name: str) -> None:
        self.call("take_back", name, 1)

    @rule(target=corrections, who=member, minor=amount)
    def adjust(self, who: str, minor: int) -> MultipleResults[str]:
        return self.named("c", "adjust", who, minor)

    @rule(name=corrections)
    def undo(self, name: str) -> None:
        self.call("undo", name)

    @rule(target=freezes, who=member, minor=st.sampled_from([1, 4_44, 30_00]))
    def freeze(self, who: str, minor: int) -> MultipleResults[str]:
        return self.named("f", "freeze", who, minor)

    @rule(name=freezes)
    def restore(self, name: str) -> None:
        self.call("restore", name)

    @rule(who=member, way=st.sampled_from(["join", "join", "leave"]))
    def pool(self, who: str, way: str) -> None:
        self.call(way, who)

    @rule(target=coupons)
    def issue(self) -> MultipleResults[str]:
        return self.named("k", "issue")

    @rule(target=certificates, is_active=st.booleans())
    def make_certificate(self, is_active: bool) -> MultipleResults[str]:
        return self.named("v", "make_certificate", is_active)

    @rule(target=sold, who=member, name=certificates)
    def sell_certificate(self, who: str, name: str) -> MultipleResults[str]:
        return self.named("p", "buy", Sale(who, "gift", 1, 0, sells=name))

    @rule(rules=st.integers(0, 1))
    def publish(self, rules: int) -> None:
        self.call("publish", rules)

    @rule(minutes=st.sampled_from([12, 12, 60, 24 * 60, 3 * 24 * 60, 11 * 24 * 60]))
    def pass_time(self, minutes: int) -> None:
        self.call("pass_time", minutes)

    @rule()
    def book_lots(self) -> None:
        self.runner.run(self.stand.desk.book_lots())
        self.runner.run(self.stand.compare())

    @precondition(lambda self: self.stand.desk.answered)
    @rule(number=st.integers(0, 100))
    def repeat(self, number: int) -> None:
        self.runner.run(self.stand.desk.repeat(number))
        self.runner.run(self.stand.compare())

    @rule(who=member)
    def ask(self, who: str) -> None:
        """The till is told what the model says can be spent."""
        model = self.stand.model
        net = model.purses[model.purse_of(who)].net(model.now)
        told = self.runner.run(self.stand.desk.spendable(who))
        assert told == net, f"{who} can spend {net}, the till is told {told}"
