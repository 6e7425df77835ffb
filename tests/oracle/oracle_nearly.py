"""The oracle's nearly applied campaigns: one condition kept them back (docs/rules.md, 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_conditions import conditions_of, failed_early, failed_late, holds
from tests.oracle.oracle_goods import has_a_list
from tests.oracle.oracle_schedules import in_force

if TYPE_CHECKING:
    from tests.oracle.oracle_conditions import Sale

Doc = dict[str, Any]

NEARLY_MAX = 10
CODES = {"coupon", "coupon_series"}


def lacks_one_early(sale: Sale, campaign: Doc) -> bool:
    """An index found it in force, and one condition that is not late kept it back."""
    return (
        in_force(sale, campaign)
        and is_reached_by_index(sale, campaign)
        and len(failed_early(sale, campaign)) == 1
    )


def nearly_applied(sale: Sale, applied: list[Doc]) -> list[Doc]:
    """Campaigns that an index found and that one condition kept back; at most 10, by code."""
    nearly = []
    for campaign in sorted(sale.campaigns, key=lambda c: str(c["code"])):
        if campaign in applied or not in_force(sale, campaign):
            continue
        failed = failed_early(sale, campaign)
        late = "" if failed else "late "
        failed = failed or failed_late(sale, campaign)
        if is_reached_by_index(sale, campaign) and len(failed) == 1:
            sale.reached.add(f"nearly: {late}{failed[0]}")
            nearly.append(
                {"campaign": campaign["code"], "name": campaign["name"], "condition": failed[0]}
            )
    if len(nearly) > NEARLY_MAX:
        sale.reached.add("nearly: more than ten")
    return nearly[:NEARLY_MAX]


def choices_of(reward: Doc) -> list[Doc | None]:
    """All choices of goods through which a reward may be reached."""
    components = [*reward.get("buy", []), *reward.get("parts", [])]
    choices = [each["goods"] for each in components]
    if reward["kind"] != "bundle":
        choices.append(reward.get("goods"))
    return choices


def adds_what_is_missing(reward: Doc) -> bool:
    """The till may be told to add a gift of which there is no line: its goods are no index."""
    return bool(reward["kind"] == "gift" and reward.get("missing", "gift") == "gift")


def is_about_codes(condition: Doc) -> bool:
    """A code, a series of codes, or one of several of these."""
    if condition["kind"] == "any":
        return all(each["kind"] in CODES for each in condition["of"])
    return condition["kind"] in CODES


def is_reached_by_index(sale: Sale, campaign: Doc) -> bool:
    """The first index that the campaign has finds it."""
    code, top = campaign["code"], conditions_of(campaign)
    rewards = campaign.get("rewards", [])
    choices = [goods for reward in rewards for goods in choices_of(reward)]
    of_codes = [c for c in top if is_about_codes(c)]
    contains = [c for c in top if c["kind"] == "contains_goods" and has_a_list(c["goods"])]
    if of_codes:
        index, found = of_codes[0]["kind"], holds(sale, code, of_codes[0])
    elif contains:
        index, found = "contains_goods", holds(sale, code, contains[0])
    elif choices and all(map(has_a_list, choices)) and not any(map(adds_what_is_missing, rewards)):
        index, found = "rewards", any(sale.meant(goods, code) for goods in choices)
    else:
        index, found = "everyone", True
        for kind in ("personal_offer", "member_list", "segment", "tier", "place"):
            of_kind = [c for c in top if c["kind"] == kind]
            if of_kind:
                index, found = kind, holds(sale, code, of_kind[0])
                break
    sale.reached.add(f"index {index}: {'found' if found else 'missed'}")
    return found
