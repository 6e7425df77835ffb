"""The rules of a long life: points and certificates that end, a second program, other terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.property.life_rules import Settings, rules, settings_of

Doc = dict[str, Any]

#: Stores, and their programs.
STORES = {"shop": "club", "bar": "cafe"}
CAMPAIGNS = ("earn", "tenth", "next", "present", "brew", "sip")


@dataclass(frozen=True)
class LongSettings:
    """What the partner decides, and may decide otherwise later."""

    club: Settings
    #: How the second program returns, and what becomes of points there.
    cafe: Settings
    points_days: int
    #: For how long what ended meanwhile comes back: points, certificates.
    again_days: int
    rate_bp: int
    order: str
    daily_minor: int


def long_settings() -> st.SearchStrategy[LongSettings]:
    """Any of them."""
    return st.builds(
        LongSettings,
        club=settings_of(),
        cafe=settings_of(),
        points_days=st.sampled_from((2, 9, 60)),
        again_days=st.sampled_from((0, 0, 3)),
        rate_bp=st.sampled_from((1000, 3333)),
        order=st.sampled_from(("expiring_first", "earned_first")),
        daily_minor=st.sampled_from((150, 10**6)),
    )


def long_rules(settings: LongSettings) -> Doc:
    """The rules as a document."""
    document = rules(settings.club)
    (club,) = document["programs"]
    earn, tenth, *others = document["campaigns"]
    first_reward, *more = earn["rewards"]
    document["programs"] = [_with_ends(club, settings) | _CLUB, _with_ends(_CAFE, settings)]
    document["programs"][1] |= {
        "returns": _returns(settings.cafe, settings),
        "points_after_leaving": settings.cafe.after_leaving,
    }
    document["products"].append({"sku": "card", "category": "cards"})
    document["stores"] = [{"code": code, "program": of} for code, of in STORES.items()]
    document["campaigns"] = [
        earn | {"rewards": [first_reward | {"rate_bp": settings.rate_bp}, *more]},
        tenth | {"limits": [*tenth["limits"], _DAILY | {"bound": settings.daily_minor}]},
        *others,
        _BREW,
        _SIP,
    ]
    return document


def _returns(program: Settings, settings: LongSettings) -> Doc:
    return {
        "debt": program.debt,
        "policy": program.policy,
        "expired_points_days": settings.again_days,
        "expired_certificates_days": settings.again_days,
    }


def _with_ends(program: Doc, settings: LongSettings) -> Doc:
    """A program whose points and certificates end."""
    accrual = program["accrual"]
    gift, *others = program["certificates"]
    sold = {"sold_as": ["card"], "dates": {"days": 20}}
    return program | {
        "code": program.get("code", "club"),
        "accrual": accrual | {"dates": accrual.get("dates", {}) | {"days": settings.points_days}},
        "returns": _returns(settings.club, settings),
        "redemption": program.get("redemption", {}) | {"lots": settings.order},
        "certificates": [gift | sold, *others],
    }


_CLUB: Doc = {"cash_rounding": {"to_minor": 10, "nearest": True, "always": True}}
#: Of two kinds of points one is the club's, too: an account that two programs look at.
_CAFE: Doc = {
    "code": "cafe",
    "name": "Cafe",
    "currencies": [
        {"code": "beans", "name": "Beans"},
        {
            "code": "points",
            "name": "Points",
            "exponent": 2,
            "value_minor": 2,
            "value_points_minor": 3,
        },
    ],
    "lanes": [
        {"code": "off", "phase": "discount"},
        {"code": "earn", "phase": "accrual"},
    ],
    "redemption": {"currency": "points", "step_points_minor": 50},
    "accrual": {"credit_later_days": 30},
    "certificates": [{"code": "gift", "name": "Gift", "face": 20000}],
}
_DAILY: Doc = {
    "code": "daily",
    "name": "Daily",
    "measure": "discount",
    "subject": "card",
    "period": "day",
}
_BREW: Doc = {
    "code": "brew",
    "program": "cafe",
    "rewards": [
        {"kind": "points_percent", "lane": "earn", "rate_bp": 700},
        {
            "kind": "points_percent",
            "lane": "earn",
            "rate_bp": 500,
            "currency": "points",
            "dates": {"delay_days": 1, "days": 3},
        },
    ],
    "budget": {"uses": 6},
}
_SIP: Doc = {
    "code": "sip",
    "program": "cafe",
    "when": {"kind": "purchase_number", "compare": "at_most", "number": 2},
    "rewards": [{"kind": "percent", "lane": "off", "rate_bp": 1500}],
    "limits": [
        {
            "code": "week",
            "name": "Week",
            "measure": "amount",
            "subject": "partner",
            "period": "rolling",
            "rolling_hours": 100,
            "bound": 20000,
        },
        {"code": "rest", "name": "Rest", "measure": "interval", "bound": 30, "period": "lifetime"},
    ],
}
