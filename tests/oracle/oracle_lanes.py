"""The oracle's lanes: who works, on what, and beside whom; discounts (docs/rules.md, 3)."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_binding import binding_limit, bound_lines
from tests.oracle.oracle_granting import grant_discount
from tests.oracle.oracle_numbers import down
from tests.oracle.oracle_policies import work_lane
from tests.oracle.oracle_rewards import WISHES, Portion, Wish
from tests.oracle.oracle_units import UNIT_WISHES, takes_part
from tests.oracle.oracle_work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.oracle.oracle_conditions import Sale
    from tests.oracle.oracle_lines import CanonicalLine

Doc = dict[str, Any]

#: How much of each line a contender may work on; without a line in it, on nothing of that line.
Share = dict["CanonicalLine", int]


@dataclass(eq=False)
class Lane:
    """One lane at work: who keeps it, and by whom its lines and units are closed."""

    work: Work
    doc: Doc
    contenders: list[Doc]
    #: Grants one reward; answers how much.
    one_reward: Callable[[Lane, Doc, Doc], int]
    #: Whether somebody is tried alone: without limits and cap of the program.
    alone: bool = False
    #: Whether limits of units are left out of account: what would be wanted without them?
    unbound: bool = False
    #: By campaign: what an earlier decision left to it.
    shares: dict[str, Share] = field(default_factory=dict)
    #: By campaign: on which lines it was granted something, and how much of each it used.
    granted_on: dict[str, set[CanonicalLine]] = field(default_factory=dict)
    used: dict[str, Share] = field(default_factory=dict)
    #: Lane of base `added_up`: rates on the line so far, and what they wished.
    added_up: dict[CanonicalLine, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rooms = {line: line.room for line in self.work.sale.lines}

    @property
    def code(self) -> str:
        return str(self.doc["code"])

    @property
    def phase(self) -> str:
        return str(self.doc["phase"])

    @property
    def policy(self) -> str:
        return str(self.doc.get("policy", "all"))

    @property
    def scope(self) -> str:
        return str(self.doc.get("scope", "line"))

    @property
    def base(self) -> str:
        return str(self.doc.get("base", "current"))

    @property
    def form(self) -> str:
        """For the list of what was reached."""
        scope = self.scope if self.policy != "all" else "any scope"
        return f"{self.phase} lane {self.policy} {scope}"

    @property
    def by_units(self) -> bool:
        """Whether lines are divided between contenders."""
        return self.scope == "unit" and self.policy in {"first", "best_combination"}

    def is_reduced(self, campaign: Doc, line: CanonicalLine) -> bool:
        """Whether the line is cheaper than its amount, for this contender."""
        if self.by_units or self.policy in {"best", "best_combination"}:
            return line.opened - self.granted_by(campaign).get(line, 0) < line.amount
        return line.reduced

    def as_it_opened(self, contenders: list[Doc], shares: dict[str, Share]) -> Lane:
        """The same lane again, at which somebody is tried alone."""
        lane = Lane(self.work, self.doc, contenders, self.one_reward, alone=True, shares=shares)
        lane.rooms = self.rooms
        return lane

    # --- On what a contender works ------------------------------------------------------------

    def open_quantity(self, campaign: Doc, line: CanonicalLine) -> int:
        """What of a line is open to the contender, before its own limits."""
        code = campaign["code"]
        if code in self.shares:
            return self.shares[code].get(line, 0)
        if self.policy == "first" and self.scope == "line":
            takers = [other for other, lines in self.granted_on.items() if line in lines]
            if any(other != code for other in takers):
                self.work.sale.reached.add(f"{self.form}: a line is closed")
                return 0
        if self.policy == "first" and self.scope == "unit":
            others = sum(used.get(line, 0) for other, used in self.used.items() if other != code)
            if others:
                how = "whole" if others >= line.quantity else "in part"
                self.work.sale.reached.add(f"{self.form}: a line is closed {how}")
            return line.quantity - others
        return line.quantity

    def portions(self, campaign: Doc, goods: Doc | None) -> list[Portion]:
        """What the campaign works on of the lines that the goods mean."""
        sale = self.work.sale
        allowed = None if self.unbound else sale.allowed(campaign)
        portions = []
        for line in sale.meant(goods, campaign["code"]):
            quantity = self.open_quantity(campaign, line)
            if allowed is not None:
                quantity = min(quantity, allowed.get(id(line), quantity))
            if quantity > 0:
                portions.append(self.portion(campaign, line, quantity))
        return portions

    def portion(self, campaign: Doc, line: CanonicalLine, quantity: int) -> Portion:
        """A quantity of a line with its base and its room."""
        part = Fraction(quantity, line.quantity)
        own = 0
        if self.by_units:
            base, room = line.opened, self.rooms[line]
            own = self.granted_by(campaign).get(line, 0)
        else:
            base, room = line.current, line.room
        if own:
            self.work.sale.reached.add(f"{self.form}: a contender beside itself on a line")
        off_base = own
        if self.base != "current":
            base, off_base = line.start, 0
        return Portion(
            line,
            quantity,
            max(0, down(base * part) - off_base),
            max(0, min(line.room, down(room * part) - own)),
            base,
            room,
        )

    @contextlib.contextmanager
    def without_limits(self) -> Iterator[None]:
        """As if there were no limits of units; what is wished meanwhile leaves no trace."""
        work = self.work
        kept = work.exact_percent, work.wished_percent
        points = work.exact_points.copy(), work.wished_points.copy()
        added_up, reached = self.added_up.copy(), work.sale.reached
        self.unbound, work.sale.reached = True, set()
        yield
        self.unbound, work.sale.reached = False, reached
        work.exact_percent, work.wished_percent = kept
        work.exact_points, work.wished_points = points
        self.added_up = added_up

    # --- One contender ------------------------------------------------------------------------

    def kept_apart(self, campaign: Doc) -> bool:
        """Whether one that never stands beside it has granted something on this receipt."""
        apart = [other for other in self.work.granted if are_apart(self.work.sale, campaign, other)]
        if apart:
            self.work.sale.reached.add(f"not_with: kept apart in a {self.phase} lane")
        return apart != []

    def work_one(self, campaign: Doc) -> int:
        """The contender's rewards in this lane, one after the other; what they granted."""
        if self.kept_apart(campaign):
            return 0
        granted = 0
        for reward in campaign.get("rewards", []):
            if reward["lane"] == self.code:
                granted += self.one_reward(self, campaign, reward)
        if granted and campaign["code"] not in self.work.granted:
            self.work.granted.append(campaign["code"])
        return granted

    def note_used(self, campaign: Doc, used: Share) -> None:
        """A reward granted something: what it used of each line."""
        mine = self.used.setdefault(campaign["code"], {})
        for line, quantity in used.items():
            mine[line] = max(quantity, mine.get(line, 0))

    def granted_by(self, campaign: Doc) -> dict[CanonicalLine, int]:
        """What the contender was granted in this lane, by line."""
        amounts = {}
        for line in self.work.sale.lines:
            notes = line.discounts if self.phase == "discount" else line.points
            name = "granted_minor" if self.phase == "discount" else "points_minor"
            amount = sum(
                each[name]
                for each in notes
                if each["campaign"] == campaign["code"] and each["lane"] == self.code
            )
            if amount:
                amounts[line] = amount
        return amounts

    def tried(
        self, campaign: Doc, share: Share | None = None
    ) -> tuple[dict[CanonicalLine, int], Share]:
        """What the contender would be granted alone, by line, and what it would use."""
        with self.work.taken_back():
            shares = {} if share is None else {campaign["code"]: share}
            lane = self.as_it_opened([campaign], shares)
            lane.work_one(campaign)
            return lane.granted_by(campaign), lane.used.get(campaign["code"], {})


def are_apart(sale: Sale, campaign: Doc, other: str) -> bool:
    """Whether one of the two names the other in `not_with`."""
    code = campaign["code"]
    if other == code:
        return False
    other_names = [
        name
        for each in sale.campaigns
        if each["code"] == other
        for name in each.get("not_with", [])
    ]
    return other in campaign.get("not_with", []) or code in other_names


# --- Discounts --------------------------------------------------------------------------------


def open_lane(work: Work, doc: Doc, campaigns: list[Doc], one_reward: Any) -> Lane:
    """Contenders are those with rewards here whose late conditions hold now."""
    for line in work.sale.lines:
        line.opened = line.current
    contenders = [
        campaign
        for campaign in campaigns
        if any(reward["lane"] == doc["code"] for reward in campaign.get("rewards", []))
        and work.sale.late_hold(campaign)
    ]
    return Lane(work, doc, contenders, one_reward)


def give_one_discount(lane: Lane, campaign: Doc, reward: Doc) -> int:
    """What a reward wishes, granted as far as it fits."""
    sale = lane.work.sale
    unbound = None if lane.alone else wanted_without_limits(lane, campaign, reward)
    wish = wish_of(lane, campaign, reward)
    if wish.to_add > 0 and unbound is not None:
        sale.reached.add(f"{reward['kind']}: nothing to add for a limit of units")
    elif wish.to_add > 0 and not lane.alone:
        lane.work.gifts.append(
            {
                "campaign": campaign["code"],
                "lane": lane.code,
                "skus": list((reward.get("goods") or {}).get("skus", [])),
                "units": wish.to_add,
            }
        )
    note_portions(lane, wish)
    if any(not row.portion.line.counted for row in wish.rows):
        sale.reached.add("portions: of a delivery line")
    return grant_discount(lane, campaign, reward, wish, unbound)


def portions_of(lane: Lane, campaign: Doc, reward: Doc) -> list[Portion]:
    """On what a reward works."""
    if reward["kind"] in UNIT_WISHES:
        return takes_part(lane, campaign, reward)
    return without_reduced(lane, campaign, reward, lane.portions(campaign, reward.get("goods")))


def wish_of(lane: Lane, campaign: Doc, reward: Doc) -> Wish:
    """What a reward wishes on its portions."""
    if reward["kind"] in UNIT_WISHES:
        return UNIT_WISHES[reward["kind"]](lane, campaign, reward)
    portions = portions_of(lane, campaign, reward)
    return WISHES[reward["kind"]](lane, campaign, reward, portions) if portions else Wish([])


def wanted_without_limits(lane: Lane, campaign: Doc, reward: Doc) -> tuple[int, str] | None:
    """What a reward would wish without limits of units, and which of them binds its first line.

    None if no such limit binds a line that is open to it.
    """
    with lane.without_limits():
        bound = bound_lines(lane, campaign, portions_of(lane, campaign, reward))
        if not bound:
            return None
        wanted = wish_of(lane, campaign, reward).wanted
    return wanted, binding_limit(lane.work.sale, campaign, bound[0])


def without_reduced(
    lane: Lane, campaign: Doc, reward: Doc, portions: list[Portion]
) -> list[Portion]:
    """Without reduced lines, or none at all, as the reward says."""
    how = reward.get("reduced_goods", "count")
    reached = lane.work.sale.reached
    if how == "refuse":
        if any(
            lane.is_reduced(campaign, line)
            for line in lane.work.sale.meant(reward.get("goods"), campaign["code"])
        ):
            reached.add(f"{reward['kind']} reduced_goods: refuse")
            return []
    elif how in {"skip", "next"}:
        left = [each for each in portions if not lane.is_reduced(campaign, each.line)]
        if len(left) < len(portions):
            reached.add(f"{reward['kind']} reduced_goods: {how}")
        return left
    elif any(lane.is_reduced(campaign, portion.line) for portion in portions):
        reached.add(f"{reward['kind']} reduced_goods: count")
    return portions


def note_portions(lane: Lane, wish: Wish) -> None:
    """For the list of what was reached."""
    reached = lane.work.sale.reached
    for portion in (row.portion for row in wish.rows if wish.used is None):
        if portion.quantity < portion.line.quantity:
            reached.add(f"portions: a part, base {lane.base}")
            if portion.line.weighed:
                reached.add("portions: a part of a weighed line")
        elif portion.line.current != portion.line.start:
            reached.add(f"{lane.phase} lane base {lane.base}: on a reduced line")


def give_discounts(sale: Sale) -> None:
    """Work the discount lanes, and note everything on the lines and the sale."""
    work = Work(sale)
    campaigns = sale.open_campaigns()
    marked = [each for each in campaigns if each.get("exclusive", "no") == "all"]
    for campaign in marked:
        with work.taken_back():
            work_lanes(work, [campaign])
            granted = work.discount_of(campaign["code"])
        if granted:
            others = "alone" if len(campaigns) > 1 else "without others"
            sale.reached.add(f"exclusive all on the receipt: {others}")
            campaigns = [campaign]
            break
        sale.reached.add("exclusive all on the receipt: granted nothing")
    work_lanes(work, campaigns)
    for line in sale.lines:
        line.opened = line.current
    sale.cuts += work.cuts
    sale.gifts += work.gifts
    sale.combinations += work.combinations
    sale.limits_cut |= work.limits_cut
    for key, quantity in work.worked.items():
        sale.worked[key] = max(quantity, sale.worked.get(key, 0))


def work_lanes(work: Work, campaigns: list[Doc]) -> None:
    """The discount lanes of the program, one after the other."""
    for doc in work.sale.program["lanes"]:
        if doc["phase"] == "discount":
            lane = open_lane(work, doc, campaigns, give_one_discount)
            if any(campaign["code"] in work.granted for campaign in lane.contenders):
                work.sale.reached.add("lane: a contender has granted something in an earlier one")
            work_lane(lane)
