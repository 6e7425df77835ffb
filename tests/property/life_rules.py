"""The rules that a shop lives by: everything that a sale may move, and what is drawn of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Doc = dict[str, Any]

MEMBERS = ("anna", "boris", "clara", "dmitri")
GIFT_STOCK = 50
_MONTH = {"period": "month", "bound": 10**9}


@dataclass(frozen=True)
class Settings:
    """What a program decides, and laws hang on."""

    debt: str
    policy: str
    after_leaving: str
    delay_days: int


def settings_of() -> st.SearchStrategy[Settings]:
    """Each way to return and to leave."""
    return st.builds(
        Settings,
        debt=st.sampled_from(("negative", "clip", "refuse")),
        policy=st.sampled_from(("stored_shares", "recomputed")),
        after_leaving=st.sampled_from(("kept", "written_off")),
        delay_days=st.sampled_from((0, 0, 2)),
    )


def rules(settings: Settings) -> Doc:
    """The rules as a document."""
    accrual: Doc = {"credit_later_days": 30}
    if settings.delay_days:
        accrual["dates"] = {"delay_days": settings.delay_days}
    return {
        "words": {
            "certificate_series": ["bonus"],
            "coupon_series": ["next"],
            "tags": ["lover"],
        },
        "products": [{"sku": sku, "category": "food"} for sku in ("tea", "jam", "plum")],
        "programs": [
            {
                "currencies": [
                    {"code": "points", "name": "Points", "exponent": 2},
                    {"code": "stars", "name": "Stars"},
                ],
                "tiers": [{"code": "base", "name": "Base"}, _SILVER],
                "returns": {"debt": settings.debt, "policy": settings.policy},
                "points_after_leaving": settings.after_leaving,
                "accrual": accrual,
                "certificates": [
                    {"code": "gift", "name": "Gift", "face": 20000},
                    {
                        "code": "pass",
                        "name": "Pass",
                        "kind": "pass",
                        "face": 10,
                        "goods": {"skus": ["plum"]},
                    },
                    {"code": "bonus", "name": "Bonus"},
                ],
                "gifts": [{"code": "mug", "name": "Mug", "points_minor": 700}],
                "limits": [
                    {"code": "spent", "name": "Spent", "measure": "points_spent", **_MONTH},
                    {
                        "code": "all",
                        "name": "All",
                        "measure": "discount",
                        "subject": "household",
                        **_MONTH,
                    },
                ],
            }
        ],
        "campaigns": [_EARN, _TENTH, _NEXT, _PRESENT],
    }


_SILVER: Doc = {
    "code": "silver",
    "name": "Silver",
    "points_multiplier_bp": 20000,
    "goal": {"measure": "spend", "at_least": 10000, "window_days": 30, "keep_days": 20},
}
_EARN: Doc = {
    "code": "earn",
    "rewards": [
        {"kind": "points_percent", "lane": "earn", "rate_bp": 1000},
        {
            "kind": "points_amount",
            "lane": "earn",
            "points_minor": 3,
            "currency": "stars",
            "per": "line",
        },
    ],
    "limits": [
        {"code": "cap", "name": "Cap", "measure": "points", "period": "month", "bound": 3000}
    ],
}
_TENTH: Doc = {
    "code": "tenth",
    "rewards": [{"kind": "percent", "lane": "off", "rate_bp": 1000, "goods": {"skus": ["jam"]}}],
    "limits": [{"code": "few", "name": "Few", "measure": "units", "period": "month", "bound": 4}],
    "budget": {"discount_minor": 5000},
}
_NEXT: Doc = {
    "code": "next",
    "when": {"kind": "coupon_series", "series": "next"},
    "rewards": [{"kind": "percent", "lane": "off", "rate_bp": 500}],
}
_PRESENT: Doc = {
    "code": "present",
    "when": {"kind": "receipt_amount", "compare": "at_least", "amount_minor": 15000},
    "rewards": [{"kind": "amount", "per": "receipt", "lane": "off", "amount_minor": 100}],
    "issues": [
        {"kind": "issue_certificate", "series": "bonus", "amount_minor": 1000},
        {"kind": "give_gift", "gift": "mug"},
        {"kind": "issue_coupon", "series": "next", "valid_days": 30},
        {"kind": "give_tag", "tag": "lover"},
    ],
}
