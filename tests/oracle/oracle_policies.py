"""The oracle's policies: how the contenders of a lane stand together (docs/rules.md, 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_combination import work_on_best_combination

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracle.oracle_lanes import Lane, Share
    from tests.oracle.oracle_lines import CanonicalLine

Doc = dict[str, Any]


def work_lane(lane: Lane) -> None:
    """Those that keep the lane alone first; then, as the policy says, the others."""
    reached = lane.work.sale.reached
    marked = [c for c in lane.contenders if c.get("exclusive", "no") in {"lane", "all"}]
    for campaign in marked:
        if work_and_note(lane, campaign):
            mark = campaign["exclusive"]
            alone = "alone" if len(lane.contenders) > 1 else "without others"
            reached.add(f"exclusive {mark} in a {lane.phase} lane: {alone}")
            return
        reached.add(f"exclusive {campaign['exclusive']} in a {lane.phase} lane: granted nothing")
    others = [campaign for campaign in lane.contenders if campaign not in marked]
    POLICIES[lane.policy](lane, others)


def work_and_note(lane: Lane, campaign: Doc) -> int:
    """Let the contender work, and note on which lines it was granted something."""
    granted = lane.work_one(campaign)
    lines = lane.granted_by(campaign)
    if granted:
        met = [c for c, others in lane.granted_on.items() if others & set(lines)]
        if met:
            lane.work.sale.reached.add(f"{lane.form}: met on a line")
        elif lane.granted_on:
            lane.work.sale.reached.add(f"{lane.form}: side by side")
    if lines:
        lane.granted_on[campaign["code"]] = set(lines)
    return granted


def keeps_away_below(lane: Lane, campaign: Doc, granted: int, after: list[Doc]) -> bool:
    """Whether the contender keeps away those after it in order."""
    if campaign.get("exclusive", "no") != "below" or not granted:
        return False
    some = "others" if after else "nobody"
    lane.work.sale.reached.add(f"exclusive below in a {lane.phase} lane {lane.policy}: {some}")
    return True


def work_all(lane: Lane, contenders: list[Doc]) -> None:
    """Every contender works, each on what the earlier ones left."""
    for number, campaign in enumerate(contenders):
        granted = work_and_note(lane, campaign)
        if keeps_away_below(lane, campaign, granted, contenders[number + 1 :]):
            break


def work_first(lane: Lane, contenders: list[Doc]) -> None:
    """What the first one took is closed to later ones: the lane, its lines or its units."""
    for number, campaign in enumerate(contenders):
        granted = work_and_note(lane, campaign)
        after = contenders[number + 1 :]
        if keeps_away_below(lane, campaign, granted, after):
            break
        if lane.scope == "receipt" and granted:
            if after:
                lane.work.sale.reached.add(f"{lane.form}: the lane is closed")
            break


def tried_alone(lane: Lane, contenders: list[Doc]) -> list[tuple[Doc, dict[CanonicalLine, int]]]:
    """Each with what it would be granted alone; none after one that keeps away those below."""
    trials = []
    for number, campaign in enumerate(contenders):
        amounts, _ = lane.tried(campaign)
        trials.append((campaign, amounts))
        if keeps_away_below(lane, campaign, sum(amounts.values()), contenders[number + 1 :]):
            break
    return trials


def work_best(lane: Lane, contenders: list[Doc]) -> None:
    """The one that would be granted most alone: on the receipt, or on each line."""
    reached = lane.work.sale.reached
    trials = tried_alone(lane, contenders)
    if lane.scope == "receipt":
        totals = [sum(amounts.values()) for _, amounts in trials]
        if totals and max(totals) > 0:
            if totals.count(max(totals)) > 1:
                reached.add(f"{lane.form}: a tie")
            if totals.index(max(totals)) > 0:
                reached.add(f"{lane.form}: not the first")
            campaign, _ = trials[totals.index(max(totals))]
            work_and_note(lane, campaign)
        return
    shares: dict[str, Share] = {}
    for line in lane.work.sale.lines:
        on_line = [amounts.get(line, 0) for _, amounts in trials]
        if on_line and max(on_line) > 0:
            if on_line.count(max(on_line)) > 1:
                reached.add(f"{lane.form}: a tie")
            if on_line.index(max(on_line)) > 0:
                reached.add(f"{lane.form}: not the first")
            campaign, _ = trials[on_line.index(max(on_line))]
            shares.setdefault(campaign["code"], {})[line] = line.quantity
    lane.shares = shares
    for campaign, _ in trials:
        if campaign["code"] in shares:
            work_and_note(lane, campaign)


def work_best_combination(lane: Lane, contenders: list[Doc]) -> None:
    """The combination that takes most off; then each works on what it got."""
    candidates = [campaign for campaign, _ in tried_alone(lane, contenders)]

    def like(policy: str, scope: str) -> Callable[[Lane], None]:
        """Work the lane as if it had another policy."""

        def work(this: Lane) -> None:
            this.doc = {**this.doc, "policy": policy, "scope": scope}
            POLICIES[policy](this, contenders)

        return work

    others = {"best": like("best", "line"), "first": like("first", lane.scope)}
    work_on_best_combination(lane, candidates, others)


POLICIES: dict[str, Callable[[Lane, list[Doc]], None]] = {
    "all": work_all,
    "first": work_first,
    "best": work_best,
    "best_combination": work_best_combination,
}
