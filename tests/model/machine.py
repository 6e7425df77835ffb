"""The state machine of MT3: draws calls, makes them in the model and at the desk, and compares."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Final

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

from tests.model.shop import RULES
from tests.model.stand import MEMBERS, open_stand
from tests.model.values import MOMENT, OK, Sale
from tests.service.running import wait_until

if TYPE_CHECKING:
    from tests.model.stand import Place, Stand

member = st.sampled_from(MEMBERS)
#: Some sales are made without a card.
buyer = st.sampled_from([*MEMBERS, *MEMBERS, ""])
units = st.integers(1, 3)
points = st.sampled_from([0, 0, 1, 3_33, 20_00, 45_00, None, None])
amount = st.sampled_from([-50_00, -7_77, -1, 1, 5_55, 60_00])
#: In minutes: never a moment at which something else may have happened.
late = st.sampled_from([5, 5, 24 * 60 + 5, 3 * 24 * 60 + 5])


def basket(*skus: str) -> st.SearchStrategy[tuple[tuple[str, int], ...]]:
    """Units of different articles, in their order."""
    lines = st.lists(
        st.tuples(st.sampled_from(skus), units), min_size=1, max_size=3, unique_by=lambda x: x[0]
    )
    return lines.map(lambda found: tuple(sorted(found)))


goods = basket("apple", "bread", "soap", "towel")
#: Thousandths by position, most often of what was sold; nothing: all that is left.
some_back = st.one_of(
    st.just(()),
    st.dictionaries(
        st.sampled_from([1, 1, 2, 3]), st.sampled_from([500, 1_000, 1_000, 2_000]), min_size=1
    ).map(lambda found: tuple(sorted(found.items()))),
)

#: A quote's balances are so far behind at most.
HEARD_WITHIN_S: Final = 2.0


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
    rides = Bundle("rides")
    guests = Bundle("guests")
    merges = Bundle("merges")
    gifts = Bundle("gifts")

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
        self.stand.model.now += MOMENT
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

    @initialize(target=sold, owes=st.booleans(), rules=st.integers(0, len(RULES) - 1))
    def begin(self, owes: bool, rules: int) -> MultipleResults[str]:
        """Everybody has points of two dates to spend, or owes some, and has bought something."""
        for each in MEMBERS:
            self.named("c", "adjust", each, 30_00)
        bought = [self.named("p", "buy", Sale(each, (("apple", 3),))) for each in MEMBERS]
        names = [name for each in bought for name in each.values]
        if owes:
            # What the first purchase earned is spent, and its goods come back.
            bought.append(self.named("p", "buy", Sale(MEMBERS[0], (("apple", 3),), None)))
            self.call("take_back", names[0], ())
        if rules:
            self.call("publish", rules)
        return multiple(*(name for each in bought for name in each.values))

    @rule(target=sold, who=buyer, what=goods, p=points)
    def buy(
        self, who: str, what: tuple[tuple[str, int], ...], p: int | None
    ) -> MultipleResults[str]:
        return self.named("p", "buy", Sale(who, what, p))

    @rule(target=sold, who=member, what=basket("apple", "bread"))
    def buy_much(self, who: str, what: tuple[tuple[str, int], ...]) -> MultipleResults[str]:
        """With all the points there are: most often out of several lots."""
        return self.named("p", "buy", Sale(who, what, None))

    @rule(target=sold, who=buyer, what=basket("apple", "towel"), p=points, coupon=coupons)
    def buy_with_coupon(
        self, who: str, what: tuple[tuple[str, int], ...], p: int | None, coupon: str
    ) -> MultipleResults[str]:
        return self.named("p", "buy", Sale(who, what, p, coupon))

    @rule(target=sold, who=buyer, what=goods, p=points, certificate=certificates)
    def buy_with_certificate(
        self, who: str, what: tuple[tuple[str, int], ...], p: int | None, certificate: str
    ) -> MultipleResults[str]:
        return self.named("p", "buy", Sale(who, what, p, certificate=certificate))

    @rule(target=sold, who=buyer, what=basket("apple", "bread"), p=points, ride=rides)
    def buy_with_pass(
        self, who: str, what: tuple[tuple[str, int], ...], p: int | None, ride: str
    ) -> MultipleResults[str]:
        return self.named("p", "buy", Sale(who, what, p, ride=ride))

    @rule(target=guests, what=basket("apple", "bread"))
    def buy_without_card(self, what: tuple[tuple[str, int], ...]) -> MultipleResults[str]:
        return self.named("p", "buy", Sale("", what))

    @rule(target=sold, name=consumes(guests), who=member)
    def credit(self, name: str, who: str) -> str:
        self.call("credit", name, who)
        return name

    @rule(name=sold, who=member)
    def credit_again(self, name: str, who: str) -> None:
        self.call("credit", name, who)

    @rule(target=sold, who=member, what=goods, p=st.sampled_from([0, 3_33, 45_00]), ago=late)
    def submit(
        self, who: str, what: tuple[tuple[str, int], ...], p: int, ago: int
    ) -> MultipleResults[str]:
        if self.stand.model.is_erased(who):
            return multiple()  # what a till gives members it gives nobody by itself
        return self.named("p", "submit", Sale(who, what, p), ago)

    @rule(target=sold, what=basket("apple", "towel"), coupon=coupons, ago=late)
    def submit_with_coupon(
        self, what: tuple[tuple[str, int], ...], coupon: str, ago: int
    ) -> MultipleResults[str]:
        return self.named("p", "submit", Sale("", what, 0, coupon), ago)

    @rule(target=held, who=buyer, what=goods, p=points)
    def hold(
        self, who: str, what: tuple[tuple[str, int], ...], p: int | None
    ) -> MultipleResults[str]:
        return self.named("p", "hold", Sale(who, what, p), 10)

    @rule(target=held, who=member, p=points, coupon=coupons, certificate=certificates, ride=rides)
    def hold_all(
        self, who: str, p: int | None, coupon: str, certificate: str, ride: str
    ) -> MultipleResults[str]:
        what = (("bread", 2), ("towel", 2))
        return self.named("p", "hold", Sale(who, what, p, coupon, certificate, ride), 10)

    @rule(name=held, who=member, p=points)
    def replace_hold(self, name: str, who: str, p: int | None) -> None:
        self.call("hold", name, Sale(who, (("bread", 2),), p), 30)

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

    @rule(name=st.one_of(sold, sold, held), lines=some_back)
    def take_back(self, name: str, lines: tuple[tuple[int, int], ...]) -> None:
        self.call("take_back", name, lines)

    @rule(name=sold, milli=st.sampled_from([500, 1_000]))
    def take_one_back(self, name: str, milli: int) -> None:
        self.call("take_back", name, ((1, milli),))

    @rule(target=corrections, who=member, minor=amount)
    def adjust(self, who: str, minor: int) -> MultipleResults[str]:
        return self.named("c", "adjust", who, minor)

    @rule(name=corrections)
    def undo(self, name: str) -> None:
        self.call("undo", name)

    @rule(target=freezes, who=member, minor=st.sampled_from([1, 4_44, 30_00, None]))
    def freeze(self, who: str, minor: int | None) -> MultipleResults[str]:
        return self.named("f", "freeze", who, minor)

    @rule(name=freezes)
    def restore(self, name: str) -> None:
        self.call("restore", name)

    @rule(who=member, lift=st.sampled_from([False, True, True]))
    def freeze_account(self, who: str, lift: bool) -> None:
        self.call("freeze_account", who, lift)

    @rule(target=merges, pair=st.permutations(MEMBERS))
    def merge(self, pair: list[str]) -> MultipleResults[str]:
        known = self.stand.model.merge_of(pair[0]) is not None
        made = self.named("m", "merge", *pair[:2])
        return multiple() if known else made

    @rule(name=merges)
    def unmerge(self, name: str) -> None:
        self.call("unmerge", name)

    @rule(target=sold, pair=st.permutations(MEMBERS), what=goods, p=points)
    def merge_for_a_while(
        self, pair: list[str], what: tuple[tuple[str, int], ...], p: int | None
    ) -> MultipleResults[str]:
        """Two are one, a card of theirs is used, and they are two again."""
        merged = self.merge(pair).values
        bought = self.named("p", "buy", Sale(pair[0], what, p))
        for name in merged:
            self.unmerge(name)
        return bought

    @precondition(lambda self: not self.stand.model.erased)
    @rule(who=member, write_off=st.sampled_from([False, True, True]))
    def erase(self, who: str, write_off: bool) -> None:
        """One of a run at most: with the others there is more to do."""
        self.call("erase", who, write_off)

    @rule(target=gifts, who=member, n=st.sampled_from([1, 1, 2, 5]))
    def give(self, who: str, n: int) -> MultipleResults[str]:
        return self.named("g", "give", who, n)

    @rule(name=gifts)
    def take_gift_back(self, name: str) -> None:
        self.call("take_gift_back", name)

    @rule(who=member, way=st.sampled_from(["join", "join", "leave"]))
    def pool(self, who: str, way: str) -> None:
        self.call(way, who)

    @rule(target=coupons)
    def issue(self) -> MultipleResults[str]:
        return self.named("k", "issue")

    @rule(target=certificates, is_active=st.booleans())
    def make_certificate(self, is_active: bool) -> MultipleResults[str]:
        return self.named("v", "make_certificate", "gift", is_active)

    @rule(target=rides)
    def make_pass(self) -> MultipleResults[str]:
        return self.named("w", "make_certificate", "rides", True)

    @rule(target=sold, who=member, name=certificates)
    def sell_certificate(self, who: str, name: str) -> MultipleResults[str]:
        return self.named("p", "buy", Sale(who, (("gift", 1),), sells=name))

    @rule(rules=st.integers(0, len(RULES) - 1))
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
        """The till is told what the model says can be spent, as soon as the cache has heard."""
        model = self.stand.model
        if model.is_erased(who):
            return
        net = model.purses[model.purse_of(who)].net(model.now)

        async def is_told() -> bool:
            return await self.stand.desk.spendable(who) == net

        self.runner.run(wait_until(is_told, HEARD_WITHIN_S, f"{who} is told of {net}"))
