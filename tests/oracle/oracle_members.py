"""The oracle's conditions about the member of a sale (docs/rules.md, 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.oracle.oracle_conditions import Sale

Doc = dict[str, Any]

#: Where the member's one value stands, and where the named values.
ONE_OF = {
    "tier": ("tier", "tiers"),
    "gender": ("gender", "genders"),
    "card_type": ("card_type", "types"),
    "lifecycle": ("lifecycle", "states"),
}
#: Where the member's several values stand, and where the named values.
SOME_OF = {
    "segment": ("segments", "segments"),
    "member_tag": ("tags", "tags"),
    "favourite_category": ("favourites", "categories"),
}


def member_holds(sale: Sale, campaign: str, condition: Doc) -> bool:
    """Whether a condition about the member holds; for a guest none does."""
    member, kind = sale.member, condition["kind"]
    if member is None:
        sale.reached.add(f"{kind}: a guest")
        return False
    if kind == "identified":
        return True
    if kind in ONE_OF:
        name, named = ONE_OF[kind]
        return member.get(name, "") != "" and member[name] in condition[named]
    if kind in SOME_OF:
        name, named = SOME_OF[kind]
        return any(each in condition[named] for each in member.get(name, []))
    if kind == "member_list":
        return condition["list"] in member.get("lists", [])
    if kind == "consent":
        return condition["channel"] in member.get("consents", [])
    if kind == "birthday":
        return is_near_birthday(sale, member, condition)
    if kind == "personal_offer":
        return sale.offer(campaign) is not None
    if kind == "purchase_number" and condition.get("every") is not None:
        number = member.get("purchases", 0) + 1
        held = number % condition["every"] == 0
        sale.reached.add(f"purchase_number every: {'held' if held else 'failed'}")
        return bool(held)
    return value_compares(sale, member, condition)


def is_near_birthday(sale: Sale, member: Doc, condition: Doc) -> bool:
    """At most so many days before the next birthday, or after the last."""
    ahead, ago = member.get("days_to_birthday"), member.get("days_since_birthday")
    before = ahead is not None and ahead <= condition.get("days_before", 0)
    after = ago is not None and ago <= condition.get("days_after", 0)
    if before or after:
        form = "both" if before and after else "before" if before else "after"
        sale.reached.add(f"birthday: held {form}")
    return before or after


def value_compares(sale: Sale, member: Doc, condition: Doc) -> bool:
    """A value of the member's against a bound; one that is not known does not compare."""
    kind = condition["kind"]
    window = str(condition.get("window_days"))
    if condition.get("category") is not None:
        window += f"/{condition['category']}"
        sale.reached.add(f"{kind}: of a category")
    value: bool | int | str | None
    bound: bool | int | str
    if kind == "age":
        value, bound = member.get("age_years"), condition["years"]
    elif kind == "purchase_number":
        value, bound = member.get("purchases", 0) + 1, condition["number"]
    elif kind == "days_since_purchase":
        value, bound = member.get("days_since_purchase"), condition["days"]
    elif kind == "spend_in_window":
        value, bound = member.get("spend", {}).get(window, 0), condition["amount_minor"]
    elif kind == "visits_in_window":
        value, bound = member.get("visits", {}).get(window, 0), condition["count"]
    elif kind == "activity_in_window":
        key = f"{condition['activity']}/{window}"
        value, bound = member.get("activities", {}).get(key, 0), condition["count"]
    elif kind == "member_attribute":
        value, bound = member.get("attributes", {}).get(condition["name"]), condition["value"]
        sale.reached.add(f"member_attribute: a {type(bound).__name__}")
    else:
        raise AssertionError(kind)
    if type(value) is not type(bound):
        what = "not known" if value is None else "of another type"
        sale.reached.add(f"{kind}: {what}")
        return False
    return compares(sale, condition, value, bound)


def compares(sale: Sale, condition: Doc, value: Any, bound: Any) -> bool:
    """Whether a value stands to a bound as the condition says."""
    compare = condition.get("compare", "equal")
    held: bool = {
        "less_than": value < bound,
        "at_most": value <= bound,
        "equal": value == bound,
        "at_least": value >= bound,
        "more_than": value > bound,
    }[compare]
    sale.reached.add(f"{condition['kind']} {compare}: {'held' if held else 'failed'}")
    if value == bound:
        sale.reached.add(f"{condition['kind']} {compare}: on its bound")
    return held
