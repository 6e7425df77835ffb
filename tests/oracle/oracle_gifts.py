"""The oracle's gifts: which can be given, what is left, which are missed (docs/rules.md, 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_schedules import schedule_holds

if TYPE_CHECKING:
    from tests.oracle.oracle_conditions import Sale

Doc = dict[str, Any]


def takes_something(sale: Sale, campaign: Doc) -> bool:
    """Let a campaign take its gifts, in its turn; false if it issues nothing but missed gifts."""
    issues = campaign.get("issues", [])
    given = [kept_or_taken(sale, campaign, issue) for issue in issues]
    sale.issued_by[campaign["code"]] = [i for i, ok in zip(issues, given, strict=True) if ok]
    return not issues or any(given)


def kept_or_taken(sale: Sale, campaign: Doc, issue: Doc) -> bool:
    """Anything but a gift is there; a gift as long as it lasts."""
    if issue["kind"] != "give_gift":
        return True
    code, count = issue["gift"], issue.get("count", 1)
    listed = [gift for gift in sale.program.get("gifts", []) if gift["code"] == code]
    if not listed:
        sale.reached.add("gift: only named")
        return True
    left = sale.facts.get("gifts_left", {}).get(code, 0) - sale.gifts_taken.get(code, 0)
    fault = fault_of(sale, listed[0], count, left)
    sale.reached.add(f"gift: {fault or 'given'}")
    if fault:
        missed = {"campaign": campaign["code"], "gift": code, "count": count}
        sale.gifts_missed.append({**missed, "left": max(left, 0), "fault": fault})
        return False
    if sale.gifts_taken.get(code):
        sale.reached.add("gift: given again")
    sale.gifts_taken[code] = sale.gifts_taken.get(code, 0) + count
    return True


def fault_of(sale: Sale, gift: Doc, count: int, left: int) -> str:
    """The first reason why so many cannot be given; empty if they can."""
    stores = gift.get("stores", [])
    if stores and sale.store["code"] not in stores:
        return "wrong_store"
    if not schedule_holds(sale, gift.get("schedule", {})):
        return "wrong_time"
    if gift.get("counted", True) and count > left:
        return "out_of_stock"
    return ""
