"""The oracle's messages and issues (docs/rules.md, 6)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_claims import discount_of, first_currency, points_of
from tests.oracle.oracle_limits import counts_nothing, limit_fails_by_use, limits_in_force
from tests.oracle.oracle_nearly import lacks_one_early
from tests.oracle.oracle_numbers import as_text

if TYPE_CHECKING:
    from tests.oracle.oracle_conditions import Sale

Doc = dict[str, Any]

PLACES = ("slip", "cashier", "display")


def messages(sale: Sale, applied: list[Doc]) -> list[Doc]:
    """What limits that cut say, and then what applied campaigns say."""
    return [*messages_of_limits(sale), *messages_of_campaigns(sale, applied)]


def messages_of_limits(sale: Sale) -> list[Doc]:
    """Each limit that cut something or kept a campaign back speaks once, a program's first."""
    shown = []
    owners = [("", sale.program), *((c["code"], c) for c in sale.campaigns)]
    for code, owner in owners:
        for limit in limits_in_force(sale, owner):
            cut = (code, limit["code"]) in sale.limits_cut
            if not cut and not (code and kept_back(sale, owner, limit)):
                continue
            for place in PLACES:
                text = limit.get("message", {}).get(place, "")
                if text:
                    shown.append({"place": place, "campaign": code, "text": text})
                    whose = "campaign" if code else "program"
                    sale.reached.add(f"message of a {whose}'s limit: {place}")
    return shown


def kept_back(sale: Sale, campaign: Doc, limit: Doc) -> bool:
    """The limit failed for its use, and this was all that its campaign lacked."""
    if counts_nothing(sale, limit) or not limit_fails_by_use(sale, limit, campaign["code"]):
        return False
    # The limit is one of the conditions that failed, if not the only one.
    alone = lacks_one_early(sale, campaign)
    sale.reached.add(f"message of a limit that failed: {'all' if alone else 'not all'} that lacked")
    return alone


def messages_of_campaigns(sale: Sale, applied: list[Doc]) -> list[Doc]:
    """The texts of applied campaigns with their variables filled in."""
    language = sale.receipt.get("language", "")
    exponent = sale.snapshot["partner"]["currency"].get("exponent", 2)
    points_exponent = sale.program["currencies"][0].get("exponent", 0)
    shown = []
    for campaign in applied:
        values = {
            "campaign": campaign["name"],
            "discount": as_text(discount_of(sale, campaign), exponent),
            "points": as_text(points_of(sale, campaign, first_currency(sale)), points_exponent),
            "tier": tier_name(sale),
            "store": sale.store["name"],
        }
        for message in campaign.get("messages", []):
            translations = message.get("translations", {})
            text = translations.get(language, message["text"])
            pieces = re.split(r"\{(campaign|discount|points|tier|store)\}", text)
            filled = "".join(values[p] if i % 2 else p for i, p in enumerate(pieces))
            place = message["place"]
            shown.append({"place": place, "campaign": campaign["code"], "text": filled})
            sale.reached.add(f"message: {place}")
            sale.reached.update(f"message with {name}" for name in pieces[1::2])
            form = "translated" if language in translations else "as it is"
            sale.reached.add(f"message: {form}, {'a language' if language else 'no language'}")
    return shown


def tier_name(sale: Sale) -> str:
    """The name of the member's tier, or nothing."""
    for tier in sale.program.get("tiers", []):
        if sale.member is not None and tier["code"] == sale.member.get("tier", ""):
            return str(tier["name"])
    return ""


def issued(sale: Sale, applied: list[Doc]) -> list[Doc]:
    """What applied campaigns issue; tags are given to members only."""
    found = []
    for campaign in applied:
        for issue in sale.issued_by[campaign["code"]]:
            kind = issue["kind"]
            if kind == "give_tag" and sale.member is None:
                sale.reached.add("issue: no tag for a guest")
                continue
            sale.reached.add(f"issue: {kind}")
            found.append(
                {
                    "campaign": campaign["code"],
                    "kind": kind,
                    "code": issue.get("series") or issue.get("tag") or issue.get("gift"),
                    "count": issue.get("count", 1),
                    "amount_minor": issue.get("amount_minor", 0),
                    "valid_days": issue.get("valid_days"),
                }
            )
    return found
