"""Lives of a shop: what is drawn of them, told as stories, and undone at their end.

A life is what some members, guests and an operator do: sales with and without the service, holds,
certificates, passes, coupons, gifts, frozen points, merges, households, leaving, purchases credited
later, and returns in between. Each move names things by a number that counts in what there is so
far, so a life without one of its moves is a life as well, and what fails shrinks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from checkout.stories.document import Story
from tests.property.life_rules import GIFT_STOCK, MEMBERS, Settings, rules, settings_of
from tests.property.life_sales import sales, told_sales

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Doc = dict[str, Any]

#: What an operator has made before the first day: two of money, one of units.
CERTIFICATES = {"g1": "gift", "g2": "gift", "p1": "pass"}
#: How often a kind of move is drawn.
_OFTEN = {"sale": 3, "told": 3, "hold": 2, "ends": 2, "return": 4, "leave": 3, "merge": 2}
_RARE = (
    *("freeze", "restore", "unmerge", "join_household", "leave_household", "gift", "gift_back"),
    *("credit", "block", "move", "minutes", "sweep"),
)
KINDS = (*(kind for kind, times in _OFTEN.items() for _ in range(times)), *_RARE)
_CERTIFICATE = st.sampled_from(tuple(CERTIFICATES))
_ANY = st.integers(0, 30)


def _move(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Doc]:
    return st.fixed_dictionaries(fields)


#: What a move of each kind says; those that are not here name a member alone.
SAID: dict[str, st.SearchStrategy[Doc]] = {
    "sale": sales(),
    "told": told_sales(),
    "hold": sales(),
    "ends": _move(which=_ANY, is_sold=st.booleans()),
    "return": _move(which=_ANY, is_all=st.booleans()),
    "leave": _move(join=st.booleans()),
    "merge": _move(into=st.sampled_from(MEMBERS)),
    "freeze": _move(amount_minor=st.integers(1, 800)),
    "restore": _move(which=_ANY),
    "unmerge": _move(which=_ANY),
    "join_household": _move(household=st.sampled_from(("h1", "h2"))),
    "gift_back": _move(which=_ANY),
    "credit": _move(which=_ANY),
    "block": _move(name=_CERTIFICATE, lift=st.booleans()),
    "move": _move(name=st.sampled_from(("g1", "g2", "certificate-1"))),
    "minutes": _move(minutes=st.sampled_from((1, 5))),
}


@dataclass
class Life:
    """What was done so far, as steps of a story, and what there is to be undone."""

    settings: Settings
    steps: list[Doc] = field(default_factory=list)
    purchases: list[str] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    freezes: list[str] = field(default_factory=list)
    gifts: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    #: The codes that a certificate was moved to, by its first name; none if that was refused.
    moved: dict[str, list[str]] = field(default_factory=dict)

    def begin(self) -> None:
        """Gifts in stock, certificates, and a sale that issues what campaigns issue."""
        self.steps.append({"set_gift_stock": {"gift": "mug", "counted": GIFT_STOCK}})
        for name, series in CERTIFICATES.items():
            made = {"name": name, "series": series, "activate": True}
            self.steps.append({"issue_certificate": made})
        first = {"purchase": "first", "member": MEMBERS[0], "lines": ["tea 2 x 90.00"]}
        self.steps.append({"confirm": first})
        self.purchases.append("first")

    def move(self, kind: str, who: str, said: Doc) -> None:
        """One move; nothing, if there is nothing to move."""
        MOVES[kind](self, who, said)

    def sale(self, who: str, said: Doc) -> None:
        """A sale at once."""
        self._sold({"confirm": self._of(who, said) | {"token": False}})

    def told(self, who: str, said: Doc) -> None:
        """A sale that was made without the service."""
        self._sold({"offline": self._of(who, said)})

    def hold(self, who: str, said: Doc) -> None:
        """What a sale takes is set aside."""
        self.steps.append({"quote": self._of(who, said) | {"hold": True, "ttl_s": 1800}})
        self.holds.append(self._name("s"))

    def ends(self, who: str, said: Doc) -> None:
        """A hold ends: as a sale, or as none."""
        del who
        if self.holds:
            purchase = self.holds.pop(said["which"] % len(self.holds))
            self.steps.append({"confirm" if said["is_sold"] else "cancel": {"purchase": purchase}})
            if said["is_sold"]:
                self.purchases.append(purchase)

    def bring_back(self, who: str, said: Doc) -> None:
        """One unit of a first line comes back, or all that is left."""
        del who
        if self.purchases:
            back: Doc = {"purchase": self.purchases[said["which"] % len(self.purchases)]}
            if not said["is_all"]:
                back["lines"] = {1: 1}
            self.steps.append({"return": back})

    def merge(self, who: str, said: Doc) -> None:
        """One member is another name of a second one."""
        if who != said["into"]:
            self.steps.append({"merge": {"member": who, "into": said["into"]}})
            self.merged.append(who)

    def unmerge(self, who: str, said: Doc) -> None:
        """And two again."""
        del who
        if self.merged:
            member = self.merged[said["which"] % len(self.merged)]
            self.steps.append({"unmerge": {"member": member}})

    def freeze(self, who: str, said: Doc) -> None:
        """Points are out of reach."""
        name = f"f{len(self.steps)}"
        self.steps.append({"freeze": {"member": who, "name": name} | said})
        self.freezes.append(name)

    def restore(self, who: str, said: Doc) -> None:
        """And back."""
        del who
        if self.freezes:
            name = self.freezes.pop(said["which"] % len(self.freezes))
            self.steps.append({"restore": {"freeze": name}})

    def give(self, who: str, said: Doc) -> None:
        """Somebody takes a gift for points."""
        del said
        name = f"g{len(self.steps)}"
        self.steps.append({"give_gift": {"member": who, "gift": "mug", "name": name}})
        self.gifts.append(name)

    def take_back(self, who: str, said: Doc) -> None:
        """And brings it back."""
        del who
        if self.gifts:
            name = self.gifts.pop(said["which"] % len(self.gifts))
            self.steps.append({"take_gift_back": {"given": name}})

    def credit(self, who: str, said: Doc) -> None:
        """A guest's purchase is a member's after all."""
        if self.purchases:
            purchase = self.purchases[said["which"] % len(self.purchases)]
            self.steps.append({"credit": {"purchase": purchase, "member": who}})

    def move_code(self, who: str, said: Doc) -> None:
        """A certificate, or a code that it was moved to, is moved to a new code."""
        del who
        to = f"moved-{len(self.steps)}"
        self.steps.append({"move_certificate": {"name": self.code_of(said["name"]), "to": to}})
        self.moved.setdefault(said["name"], []).append(to)

    def block_code(self, who: str, said: Doc) -> None:
        """One of the codes of a certificate is blocked, or is not any more."""
        del who
        code = self.code_of(said["name"])
        self.steps.append({"block_certificate": said | {"name": code}})

    def code_of(self, name: str) -> str:
        """One of the codes of a certificate: any of them in its turn."""
        codes: list[str] = [name, *self.moved.get(name, ())]
        return codes[len(self.steps) % len(codes)]

    def plain(self, action: str, said: Doc) -> None:
        """A step that leaves nothing to be undone."""
        self.steps.append({action: said})

    def undo(self, order: list[str]) -> None:
        """Nothing is held, frozen or given any more, and all goods come back.

        More than once, and in more than one order: a member who owes nothing may bring back today
        what has to wait for another receipt under the debt policy `refuse`.
        """
        self.steps += [{"cancel": {"purchase": purchase}} for purchase in self.holds]
        self.steps += [{"restore": {"freeze": name}} for name in self.freezes]
        self.steps += [{"take_gift_back": {"given": name}} for name in self.gifts]
        for purchase in (*order, *self.purchases, *reversed(self.purchases)):
            self.steps.append({"return": {"purchase": purchase}})
        self.steps.append({"sweep": {}})

    def story(self) -> Story:
        """All of it as a story."""
        lots = [{"amount_minor": 1000}, {"amount_minor": 500}]
        return Story.model_validate(
            {
                "title": "A life",
                "why": "A law",
                "snapshot": rules(self.settings),
                "members": {member: {"points": lots, "tier": "base"} for member in MEMBERS},
                "steps": self.steps,
            }
        )

    def has(self, action: str) -> bool:
        """Whether something of the kind was done."""
        return any(action in step for step in self.steps)

    def _sold(self, step: Doc) -> None:
        self.steps.append(step)
        self.purchases.append(self._name("s"))

    def _of(self, who: str, said: Doc) -> Doc:
        sale = {name: value for name, value in said.items() if name != "is_guest"}
        if not said["is_guest"]:
            sale["member"] = who
        if "certificates" in sale:
            shown = map(self.code_of, sale["certificates"])
            sale["certificates"] = dict.fromkeys(shown, 0)
        if "taken" in sale:
            sale["taken"] = [each | {"name": self.code_of(each["name"])} for each in sale["taken"]]
        return sale | {"purchase": f"s{len(self.steps) + 1}"}

    def _name(self, letter: str) -> str:
        return f"{letter}{len(self.steps)}"


MOVES: dict[str, Callable[[Life, str, Doc], None]] = {
    "sale": Life.sale,
    "told": Life.told,
    "hold": Life.hold,
    "ends": Life.ends,
    "return": Life.bring_back,
    "merge": Life.merge,
    "unmerge": Life.unmerge,
    "freeze": Life.freeze,
    "restore": Life.restore,
    "gift": Life.give,
    "gift_back": Life.take_back,
    "credit": Life.credit,
    "leave": lambda life, who, said: life.plain("leave", said | {"member": who}),
    "join_household": lambda life, who, said: life.plain("join_household", said | {"member": who}),
    "leave_household": lambda life, who, _: life.plain("leave_household", {"member": who}),
    "block": lambda life, who, said: life.block_code(who, said),
    "move": lambda life, who, said: life.move_code(who, said),
    "minutes": lambda life, _, said: life.plain("pass", said),
    "sweep": lambda life, *_: life.plain("sweep", {}),
}


@st.composite
def moves(
    draw: st.DrawFn, kinds: Sequence[str], said: Mapping[str, st.SearchStrategy[Doc]]
) -> tuple[str, str, Doc]:
    """One of these kinds, by somebody, with what is said of it."""
    kind = draw(st.sampled_from(kinds))
    who = draw(st.sampled_from(MEMBERS))
    return kind, who, draw(said.get(kind, st.just({})))


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """A whole life, undone at its end."""
    life = Life(draw(settings_of()))
    life.begin()
    # Long ones are drawn as often as short ones; what fails may become shorter than it began.
    least = draw(st.integers(1, 16))
    for kind, who, said in draw(st.lists(moves(KINDS, SAID), min_size=least, max_size=24)):
        life.move(kind, who, said)
    life.undo(draw(st.permutations(life.purchases)))
    return life
