"""Long lives of a shop: days pass, rules change, campaigns are stopped, and tills come late.

What `tests.property.lives` draws, and beside it: two stores under two programs that share a kind of
points, points and certificates that end, holds that end as fewer points or as already paid, goods
that come back by halves, certificates that lines sell, purchases that are cancelled before they are
made, members who are blocked, corrections, and publications that change how the partner returns.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from checkout.stories.document import Story
from tests.property.life_rules import MEMBERS
from tests.property.lives import KINDS, MOVES, SAID, Life, moves
from tests.property.long_rules import (
    CAMPAIGNS,
    STORES,
    LongSettings,
    long_rules,
    long_settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable

Doc = dict[str, Any]

STARTS_AT = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
#: How often a kind of move is drawn, beside those of every life.
_OFTEN = {"days": 4, "hold": 3, "less": 4, "paid": 2, "some_back": 4, "publish": 2, "sell": 2}
_RARE = ("extend", "stop", "adjust", "tombstone", "late", "block_member", "late")
LONG_KINDS = (*KINDS, *(kind for kind, times in _OFTEN.items() for _ in range(times)), *_RARE)
_ANY = st.integers(0, 30)


def _move(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Doc]:
    return st.fixed_dictionaries(fields)


LONG_SAID = SAID | {
    "days": _move(days=st.sampled_from((1, 1, 3, 10, 25))),
    "less": _move(which=_ANY, part=st.integers(0, 3)),
    "paid": _move(which=_ANY),
    "extend": _move(which=_ANY),
    "some_back": _move(
        which=_ANY,
        lines=st.dictionaries(
            st.integers(1, 3), st.sampled_from(("0.5", "1", "2")), min_size=1, max_size=2
        ),
    ),
    "publish": _move(settings=long_settings()),
    "sell": _move(is_guest=st.booleans()),
    "stop": _move(campaign=st.sampled_from(CAMPAIGNS), lift=st.booleans()),
    "adjust": _move(amount_minor=st.sampled_from((-700, -50, 60, 900))),
    "late": _move(hours=st.sampled_from((1, 30, 100)), sale=SAID["told"]),
    "block_member": _move(lift=st.booleans()),
    "leave": _move(join=st.booleans(), program=st.sampled_from(("club", "club", "cafe"))),
}


@dataclass
class LongLife(Life):
    """A life in which time passes; see `Life`."""

    rules: list[LongSettings] = field(default_factory=list)
    now: dt.datetime = STARTS_AT
    #: What was said when something was held, by purchase.
    held: dict[str, Doc] = field(default_factory=dict)
    cards: list[str] = field(default_factory=list)

    def move(self, kind: str, who: str, said: Doc) -> None:
        """One move; nothing, if there is nothing to move."""
        (_LONG_MOVES.get(kind) or MOVES[kind])(self, who, said)

    def plain(self, action: str, said: Doc) -> None:
        """A step that leaves nothing to be undone; time may pass by it."""
        super().plain(action, said)
        if action == "pass":
            self.now += dt.timedelta(**said)

    def hold(self, who: str, said: Doc) -> None:
        """What a sale takes is set aside."""
        at = self.now.replace(tzinfo=None).isoformat()
        sale = self._of(who, said) | {"local_time": at}
        self.steps.append({"quote": sale | {"hold": True, "ttl_s": 900}})
        self.holds.append(sale["purchase"])
        self.held[sale["purchase"]] = sale

    def less(self, who: str, said: Doc) -> None:
        """A hold ends as a sale that spends fewer points than it keeps."""
        del who
        spends = [name for name in self.holds if self.held[name].get("points")]
        if not spends:
            return
        sale = self.held[spends[said["which"] % len(spends)]]
        most = 1000 if sale["points"] == "max" else sale["points"]
        self._final(sale["purchase"], sale | {"points": most * said["part"] // 4})

    def paid(self, who: str, said: Doc) -> None:
        """The money was taken at the price of a hold, which may have ended."""
        del who
        if self.holds:
            purchase = self.holds[said["which"] % len(self.holds)]
            self._final(purchase, {"purchase": purchase, "already_paid": True})

    def extend(self, who: str, said: Doc) -> None:
        """A hold lives longer, if it lives."""
        del who
        if self.holds:
            purchase = self.holds[said["which"] % len(self.holds)]
            self.steps.append({"extend_hold": {"purchase": purchase, "ttl_s": 1800}})

    def some_back(self, who: str, said: Doc) -> None:
        """Some of some positions comes back."""
        del who
        if self.purchases:
            purchase = self.purchases[said["which"] % len(self.purchases)]
            self.steps.append({"return": {"purchase": purchase, "lines": said["lines"]}})

    def publish(self, who: str, said: Doc) -> None:
        """Other rules are in force, and other ways to return."""
        del who
        self.rules.append(said["settings"])
        self.steps.append({"publish": long_rules(said["settings"])})

    def sell(self, who: str, said: Doc) -> None:
        """A line sells a certificate."""
        name = f"c{len(self.steps)}"
        self.steps.append({"issue_certificate": {"name": name, "series": "gift"}})
        sale = self._of(who, {"lines": ["card 200.00"], **said})
        self._sold({"confirm": sale | {"sells": {name: 1}, "token": False}})
        self.cards.append(name)

    def move_code(self, who: str, said: Doc) -> None:
        """Also of certificates that lines sold, once there are any."""
        is_sold = said["name"] == "g2" and self.cards
        super().move_code(who, {"name": self._card()} if is_sold else said)

    def late(self, who: str, said: Doc) -> None:
        """A till tells of a sale of hours or days ago."""
        at = self.now - dt.timedelta(hours=said["hours"])
        sale = self._of(who, said["sale"]) | {"local_time": at.replace(tzinfo=None).isoformat()}
        self._sold({"offline": sale})

    def tombstone(self, who: str, said: Doc) -> None:
        """A purchase is cancelled before it is made, which it never is then."""
        del said
        purchase = f"t{len(self.steps)}"
        sale = {"purchase": purchase, "member": who, "lines": ["tea 10.00"], "token": False}
        self.steps += [{"cancel": {"purchase": purchase}}, {"confirm": sale}]

    def undo(self, order: list[str]) -> None:
        """As of every life; whatever became of what was held, none of it is in the end."""
        self.holds = [*self.held]
        super().undo(order)

    def story(self) -> Story:
        """All of it as a story."""
        lots = [
            {"amount_minor": 1000},
            {"amount_minor": 500, "expires_at": (STARTS_AT + dt.timedelta(days=5)).isoformat()},
        ]
        return Story.model_validate(
            {
                "title": "A long life",
                "why": "A law",
                "starts_at": STARTS_AT.isoformat(),
                "snapshot": long_rules(self.rules[0]),
                "members": {member: {"points": lots, "tier": "base"} for member in MEMBERS},
                "steps": self.steps,
            }
        )

    def _final(self, purchase: str, sale: Doc) -> None:
        """Whatever comes of it: a hold that goes on is cancelled in the end."""
        self.steps.append({"confirm": sale | {"token": False}})
        self.purchases.append(purchase)

    def _card(self) -> str:
        return self.cards[len(self.steps) % len(self.cards)]

    def _of(self, who: str, said: Doc) -> Doc:
        sale = super()._of(who, said)
        number = len(self.steps)
        if number % 3 == 0:
            sale["store"] = [*STORES][-1]
        shown = sale.get("certificates", {})
        if "g2" in shown and self.cards:
            # One that a line sold, in the place of one that was there.
            names = [*shown, self.code_of(self._card())]
            sale["certificates"] = dict.fromkeys(name for name in names if name != "g2")
            sale["certificates"] = dict.fromkeys(sale["certificates"], 0)
        return sale


_LONG_MOVES: dict[str, Callable[[LongLife, str, Doc], None]] = {
    "hold": LongLife.hold,
    "less": LongLife.less,
    "paid": LongLife.paid,
    "extend": LongLife.extend,
    "some_back": LongLife.some_back,
    "publish": LongLife.publish,
    "sell": LongLife.sell,
    "late": LongLife.late,
    "tombstone": LongLife.tombstone,
    "days": lambda life, _, said: life.plain("pass", said),
    "minutes": lambda life, _, said: life.plain("pass", said),
    "stop": lambda life, _, said: life.plain("stop", said),
    "adjust": lambda life, who, said: life.plain(
        "adjust", said | {"member": who, "reason": "a law"}
    ),
    "block_member": lambda life, who, said: life.plain("block", said | {"member": who}),
}


@st.composite
def long_lives(draw: st.DrawFn) -> LongLife:
    """A long life, undone at its end."""
    first = draw(long_settings())
    life = LongLife(first.club, rules=[first])
    life.begin()
    least = draw(st.integers(1, 24))
    kinds = moves(LONG_KINDS, LONG_SAID)
    for kind, who, said in draw(st.lists(kinds, min_size=least, max_size=36)):
        life.move(kind, who, said)
    life.undo(draw(st.permutations(life.purchases)))
    return life
