"""A shop with one of everything, in which one rule stands at a time."""

from __future__ import annotations

from typing import Any, Final

Doc = dict[str, Any]

CLUB: Final[Doc] = {
    "code": "club",
    "name": "Club",
    "tiers": [
        {"code": "gold", "name": "Gold", "points_multiplier_bp": 20_000},
        {"code": "base", "name": "Base"},
    ],
    "currencies": [
        {"code": "points", "name": "Points", "exponent": 2},
        {"code": "stars", "name": "Stars"},
    ],
    "lanes": [
        {"code": "off", "phase": "discount"},
        {"code": "more", "phase": "discount"},
        {"code": "earn", "phase": "accrual"},
        {"code": "extra", "phase": "accrual"},
    ],
}
_OTHER: Final[Doc] = {
    "code": "other",
    "program": "club",
    "name": "Another",
    "rewards": [{"kind": "percent", "lane": "off", "rate_bp": 100}],
}
_SHOP: Final[Doc] = {
    "partner": {"code": "p", "name": "P", "currency": {"code": "RUB"}},
    "chains": [{"code": "chain", "name": "Chain"}, {"code": "sign", "name": "Sign"}],
    "stores": [
        {
            "code": "one",
            "chain": "chain",
            "program": "club",
            "name": "The First",
            "format": "super",
            "region": "north",
        },
        {
            "code": "two",
            "chain": "sign",
            "program": "club",
            "name": "The Second",
            "format": "cinema",
            "region": "south",
        },
    ],
    "categories": [{"code": "dairy", "name": "Dairy"}, {"code": "wine", "name": "Wine"}],
    "products": [
        {
            "sku": sku,
            "category": category,
            "name": name,
            "brand": sku,
            "supplier": sku,
            "tags": [sku],
            "attributes": {"size": sku, "colour": sku},
        }
        for sku, category, name in (("milk", "dairy", "Milk"), ("merlot", "wine", ""))
    ],
    "words": {
        "segments": ["vip", "young"],
        "tags": ["vip", "young"],
        "attributes": {"shoe": "number", "pet": "text", "owner": "yes_no"},
        "activities": ["app", "review"],
        "card_types": ["black", "white"],
        "lifecycles": ["new", "lost"],
        "consents": ["sms", "mail"],
        "member_lists": ["staff", "press"],
        "coupon_series": ["spring", "autumn"],
        "certificate_series": ["gift10", "gift20"],
        "gifts": ["cup", "bag"],
    },
}
PERCENT: Final[Doc] = {"kind": "percent", "lane": "more", "rate_bp": 1000}
AMOUNT: Final[Doc] = {"kind": "amount", "lane": "more", "amount_minor": 500}
MILK: Final[Doc] = {"skus": ["milk"]}
WINE: Final[Doc] = {"categories": ["wine"]}
FEW: Final[Doc] = {"code": "few", "name": "Few", "bound": 3, "period": "day"}


def _shop(club: Doc, campaign: Doc) -> Doc:
    """A snapshot with the program and the campaign changed in the fields that are given."""
    whole_club = CLUB | club
    code = whole_club["code"]
    whole_campaign = {"code": "c", "program": code, "name": "Sale", "rewards": [PERCENT]}
    return _SHOP | {
        "programs": [whole_club, CLUB | {"code": "cinema", "name": "Cinema"}],
        "stores": [store | {"program": code} for store in _SHOP["stores"]],
        "campaigns": [_OTHER | {"program": code}, whole_campaign | campaign],
    }


def campaign(document: Doc) -> Doc:
    """A snapshot with a campaign of these fields."""
    return _shop({}, document)


def club(document: Doc) -> Doc:
    """A snapshot with a program of these fields."""
    return _shop(document, {})


def goal(document: Doc) -> Doc:
    """A snapshot with a program that has a tier with this goal."""
    base, gold = {"code": "base", "name": "Base"}, {"code": "gold", "name": "Gold"}
    return club({"tiers": [base, gold | {"goal": document}]})


def reward(document: Doc) -> Doc:
    """A snapshot with a campaign that gives this."""
    return campaign({"rewards": [document]})


def condition(document: Doc) -> Doc:
    """A snapshot with a campaign that needs this."""
    return campaign({"when": document})


def limit(document: Doc) -> Doc:
    """A snapshot with a campaign under this limit."""
    return campaign({"limits": [document]})


def goods(document: Doc) -> Doc:
    """A snapshot with a reward on these goods."""
    return reward(PERCENT | {"goods": document})


def scale(document: Doc) -> Doc:
    """A snapshot with a percentage by this scale."""
    return reward({"kind": "percent", "lane": "more", "scale": document})


def earning_club(document: Doc) -> Doc:
    """A snapshot with a program of these fields, and a campaign that lets members earn."""
    return _shop(document, {"rewards": [{"kind": "points_percent", "lane": "earn", "rate_bp": 1}]})


def issue(document: Doc) -> Doc:
    return campaign({"issues": [document]})


def bundle(document: Doc) -> Doc:
    return reward(
        {
            "kind": "bundle",
            "lane": "more",
            "parts": [{"goods": MILK}, {"goods": {"skus": ["merlot"]}}],
            "effect": {"rate_bp": 1000},
        }
        | document
    )
