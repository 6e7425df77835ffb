"""The oracle's `best_combination`: every combination is tried (docs/rules.md, 3).

Where several are equally good, the engine's outcome says which of them to check; where the engine
says that it did not look everywhere, its result is taken if it is a combination within its bound.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_explaining import explains, the_one_that_explains
from tests.oracle.oracle_proportional import is_proportional
from tests.oracle.oracle_units import choices_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.oracle.oracle_lanes import Lane, Share
    from tests.oracle.oracle_lines import CanonicalLine

Doc = dict[str, Any]

#: More combinations than these, or more ways to give units to one contender, are not tried.
COMBINATIONS_MAX = 6_000
SHARES_MAX = 150
#: Steps of work with which the small lanes of generated worlds are searched to the end.
STEPS = 2_000


class TooLargeToCheckError(Exception):
    """There are more combinations than anybody wants to wait for: the case says nothing."""


@dataclass(eq=False)
class Combination:
    """Who gets what of which line, by code."""

    shares: dict[str, Share]
    #: What each contender would be granted alone on what it got.
    values: dict[str, int]

    @property
    def value(self) -> int:
        return sum(self.values.values())

    @property
    def granted(self) -> list[str]:
        return [code for code, value in self.values.items() if value]


@dataclass(eq=False)
class Search:
    """One lane's contenders, and what has been found out about them."""

    lane: Lane
    contenders: list[Doc]
    tried: dict[tuple[str, tuple[int, ...]], tuple[dict[CanonicalLine, int], Share]] = field(
        default_factory=dict
    )

    @property
    def lines(self) -> list[CanonicalLine]:
        return self.lane.work.sale.lines

    def granted_alone(self, campaign: Doc, share: Share) -> tuple[dict[CanonicalLine, int], Share]:
        """What the contender would be granted alone on a share, and what it would use of it."""
        key = campaign["code"], tuple(share.get(line, 0) for line in self.lines)
        if key not in self.tried:
            self.tried[key] = self.lane.tried(campaign, share)
        return self.tried[key]

    def value(self, campaign: Doc, share: Share) -> int:
        """What the contender would be granted alone on a share."""
        return sum(self.granted_alone(campaign, share)[0].values()) if share else 0

    def trimmed(self, campaign: Doc, share: Share) -> Share:
        """Of a share what the contender uses, until it uses all of that; nothing for nothing."""
        while share:
            amounts, used = self.granted_alone(campaign, share)
            if not any(amounts.values()):
                return {}
            if used == share:
                return share
            share = used
        return {}

    def counts_units(self, campaign: Doc) -> bool:
        """Whether the contender may get some units of a line: it is not proportional."""
        return not is_proportional(self.lane.work.sale, campaign, self.rewards(campaign))

    def rewards(self, campaign: Doc) -> list[Doc]:
        """The contender's rewards in this lane."""
        return [each for each in campaign["rewards"] if each["lane"] == self.lane.code]

    def open_lines(self, campaign: Doc) -> set[CanonicalLine]:
        """The lines that the contender's rewards mean, even where its limits leave nothing."""
        with self.lane.without_limits():
            return {
                portion.line
                for reward in self.rewards(campaign)
                for goods in choices_of(reward)
                for portion in self.lane.portions(campaign, goods)
            }

    def combination(self, shares: dict[str, Share]) -> Combination:
        """With its value."""
        values = {
            campaign["code"]: self.value(campaign, shares.get(campaign["code"], {}))
            for campaign in self.contenders
        }
        return Combination(shares, values)

    def taken_off(self, combination: Combination) -> int:
        """What the contenders take off one after the other, each on what the combination gives it.

        Not always the sum of what each would be granted alone: what is left of a line after one of
        them is rounded otherwise, and percents of the receipt are rounded together.
        """

        def work(lane: Lane) -> None:
            work_on_shares(lane, self.contenders, combination)

        return value_of_lane(self.lane, work)

    def stands_together(self, combination: Combination) -> bool:
        """Whether nobody is granted something beside one that `not_with` keeps apart."""
        by_code = {campaign["code"]: campaign for campaign in self.contenders}
        return not any(
            two in by_code[one].get("not_with", []) or one in by_code[two].get("not_with", [])
            for one, two in itertools.combinations(combination.granted, 2)
        )

    def rank(self, combination: Combination) -> tuple[int, int, list[int]]:
        """The best has the least: most is taken off, few are granted something, low in order."""
        order = [campaign["code"] for campaign in self.contenders]
        places = [order.index(code) for code in combination.granted]
        return -combination.value, len(places), places


# --- Every combination ------------------------------------------------------------------------


def all_combinations(search: Search) -> Iterator[Combination]:
    """Of the lane's scope; those that `not_with` forbids are left out."""
    if search.lane.scope == "unit":
        # Nothing is less than what `first` finds, though it gives parts of units away.
        dealt = itertools.chain(deals_of_units(search), [shares_of_first(search)])
    else:
        dealt = itertools.chain(deals_of_lines(search, {}))
    for shares in dealt:
        combination = search.combination(shares)
        if search.stands_together(combination):
            yield combination


def deals_of_lines(search: Search, taken: dict[str, Share]) -> Iterator[dict[str, Share]]:
    """Each line, or what was left of it, goes whole to one contender or to none."""
    whole = [c for c in search.contenders if not (taken and search.counts_units(c))]
    open_to = {c["code"]: search.open_lines(c) for c in whole}
    takers = []
    for line in search.lines:
        left = line.quantity - sum(share.get(line, 0) for share in taken.values())
        interested = [code for code, its_lines in open_to.items() if line in its_lines and left > 0]
        takers.append([(line, code, left) for code in ["", *interested]])
    check_size(math.prod(len(choices) for choices in takers))
    for chosen in itertools.product(*takers):
        shares = {code: dict(share) for code, share in taken.items() if share}
        for line, code, left in chosen:
            if code:
                shares.setdefault(code, {})[line] = left
        yield shares


def deals_of_units(search: Search) -> Iterator[dict[str, Share]]:
    """Units to those that count them; then what they leave."""
    counting = [c for c in search.contenders if search.counts_units(c)]
    its_shares = [list(shares_of_units(search, campaign)) for campaign in counting]
    check_size(math.prod(len(shares) for shares in its_shares))
    many = 0
    for chosen in itertools.product(*its_shares):
        of_line = {line: sum(share.get(line, 0) for share in chosen) for line in search.lines}
        if any(quantity > line.quantity for line, quantity in of_line.items()):
            continue
        taken = {c["code"]: share for c, share in zip(counting, chosen, strict=True)}
        for shares in deals_of_lines(search, taken):
            many += 1
            check_size(many)
            yield shares


def shares_of_units(search: Search, campaign: Doc) -> Iterator[Share]:
    """Whole units of lines, with or without what a line has beyond whole units, if all are used."""
    choices = []
    open_lines = search.open_lines(campaign)
    for line in (each for each in search.lines if each in open_lines):
        rest = 0 if line.weighed else line.quantity % 1000
        whole = [0, line.quantity] if line.weighed else range(0, line.quantity + 1, 1000)
        sizes = {*whole, *(size + rest for size in whole if size + rest <= line.quantity)}
        sizes = {min(size, most_allowed(search, campaign, line)) for size in sizes}
        choices.append([(line, size) for size in sorted(sizes)])
    if math.prod(len(sizes) for sizes in choices) > SHARES_MAX:
        raise TooLargeToCheckError
    for chosen in itertools.product(*choices):
        share = {line: size for line, size in chosen if size}
        if not share or search.trimmed(campaign, share) == share:
            yield share


def most_allowed(search: Search, campaign: Doc, line: CanonicalLine) -> int:
    """Of the line, by the contender's limits of units."""
    allowed = search.lane.work.sale.allowed(campaign) or {}
    return allowed.get(id(line), line.quantity)


def check_size(many: int) -> None:
    """Nobody waits for more."""
    if many > COMBINATIONS_MAX:
        raise TooLargeToCheckError


# --- Which of them ----------------------------------------------------------------------------


def work_on_best_combination(
    lane: Lane, contenders: list[Doc], others: dict[str, Callable[[Lane], None]]
) -> None:
    """Find the combination, say what was found, and let each work on what it got.

    Unless one of the `others`, policies that work a lane, would take off more.
    """
    free = [campaign for campaign in contenders if not lane.kept_apart(campaign)]
    search = Search(lane, free)
    combinations = list(all_combinations(search))
    least = min((search.rank(each) for each in combinations), default=(0, 0, []))
    best = [each for each in combinations if search.rank(each) == least]
    note_best(search, best)
    most = -least[0]
    reached = lane.work.sale.reached
    policy, at_least = max(
        ((policy, value_of_lane(lane, work)) for policy, work in others.items()),
        key=lambda tried: tried[1],
    )
    value, bound = max(most, at_least), most
    hinted = hint_of_combination(lane)
    # With few steps of work nobody looks for a combination that is worth the same, but better.
    unsettled = lane.doc.get("work_steps", STEPS) < STEPS
    if hinted is not None and hinted["gap_minor"] > 0:
        found, at_most = hinted["value_minor"], hinted["value_minor"] + hinted["gap_minor"]
        if at_least <= found and value <= at_most:
            reached.add("combination: the best found so far")
            value, bound, unsettled = found, at_most, True

    def may_be_chosen(combination: Combination) -> bool:
        """Whether it is as good as what was found, or is so by what rounding gains."""
        if not unsettled:
            return search.rank(combination) == least
        gained_at_most = len(combination.granted) * len(search.lines)
        return combination.value >= value or (
            combination.value + gained_at_most >= value and search.taken_off(combination) >= value
        )

    equal = [each for each in combinations if may_be_chosen(each)]
    chosen = the_one_that_explains(search, equal) if equal else None
    taken = search.taken_off(chosen) if chosen is not None else 0
    if (
        chosen is None
        or taken < at_least
        or (unsettled and value == at_least and not explains(search, chosen))
    ):
        reached.add(f"{lane.form}: like {policy}")
        taken = at_least
        others[policy](lane)
    else:
        work_on_shares(lane, contenders, chosen)
    gap = max(bound - taken, 0)
    if taken or gap:
        doc = {"lane": lane.code, "value_minor": taken, "gap_minor": gap}
        lane.work.combinations.append(doc)


def work_on_shares(lane: Lane, contenders: list[Doc], combination: Combination) -> None:
    """Let each, in order, work on what the combination gives it."""
    lane.shares = {c["code"]: combination.shares.get(c["code"], {}) for c in contenders}
    for campaign in contenders:
        if lane.shares[campaign["code"]]:
            lane.work_one(campaign)


def value_of_lane(lane: Lane, work: Callable[[Lane], None]) -> int:
    """What a way to work takes off, without limits and cap of the program; taken back."""
    reached, lane.work.sale.reached = lane.work.sale.reached, set()
    with lane.work.taken_back():
        trial = lane.as_it_opened(lane.contenders, {})
        work(trial)
        value = sum(sum(trial.granted_by(campaign).values()) for campaign in lane.contenders)
    lane.work.sale.reached = reached
    return value


def note_best(search: Search, best: list[Combination]) -> None:
    """For the list of what was reached."""
    reached, form = search.lane.work.sale.reached, search.lane.form
    if len(search.contenders) > 1 and best:
        several = len(best[0].granted)
        reached.add(f"{form}: {several if several < 2 else 'several'} granted")
        if best[0].value > value_of_best(search):
            reached.add(f"{form}: more than the best of each line")
        if any(
            sum(bool(share.get(line)) for share in best[0].shares.values()) > 1
            for line in search.lines
        ):
            reached.add(f"{form}: a line is divided")


def shares_of_best(search: Search) -> dict[str, Share]:
    """As `best` with scope `line`: each line to the one that is granted most on it."""
    whole = {line: line.quantity for line in search.lines}
    alone = [search.granted_alone(campaign, whole)[0] for campaign in search.contenders]
    shares: dict[str, Share] = {}
    for line in search.lines:
        on_line = [amounts.get(line, 0) for amounts in alone]
        if any(on_line):
            code = search.contenders[on_line.index(max(on_line))]["code"]
            shares.setdefault(code, {})[line] = line.quantity
    if search.lane.scope == "unit":
        for campaign in search.contenders:
            if campaign["code"] in shares and search.counts_units(campaign):
                shares[campaign["code"]] = search.trimmed(campaign, shares[campaign["code"]])
    return shares


def shares_of_first(search: Search) -> dict[str, Share]:
    """As `first` with scope `unit`: to each, in order, what it uses of what is left."""
    left = {line: line.quantity for line in search.lines}
    shares: dict[str, Share] = {}
    for campaign in search.contenders:
        open_to_it = {line: q for line, q in left.items() if q}
        _, used = search.granted_alone(campaign, open_to_it)
        if search.counts_units(campaign):
            used = search.trimmed(campaign, open_to_it)
        if used:
            shares[campaign["code"]] = used
            left = {line: quantity - used.get(line, 0) for line, quantity in left.items()}
    return shares


def value_of_best(search: Search) -> int:
    """The least that a combination is worth."""
    combination = search.combination(shares_of_best(search))
    return combination.value if search.stands_together(combination) else 0


def hint_of_combination(lane: Lane) -> Doc | None:
    """What the engine says that it found in this lane."""
    hint = lane.work.sale.hint
    found = [each for each in (hint or {}).get("combinations", []) if each["lane"] == lane.code]
    return found[0] if found else None
