"""Small shops with a few campaigns, and what a full explanation says of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.engine.evaluate import Explain, evaluate
from checkout.engine.near_misses import near_misses
from checkout.engine.problems import check_snapshot
from checkout.engine.schema.snapshot import Snapshot
from tests.oracle.running import FACTS, RECEIPT, compiled

if TYPE_CHECKING:
    from checkout.engine.near_misses import NearMiss
    from checkout.engine.outcome import Considered, Outcome

Doc = dict[str, Any]

OFF: Doc = {"code": "off", "phase": "discount"}
LATER: Doc = {"code": "later", "phase": "discount"}
EARN: Doc = {"code": "earn", "phase": "accrual"}
MEMBER: Doc = {"member": {"member_id": "m"}}


def percent(rate_bp: int, lane: str = "off", **rest: Any) -> Doc:
    """So much off."""
    return {"kind": "percent", "lane": lane, "rate_bp": rate_bp, **rest}


def amount(amount_minor: int, lane: str = "off", **rest: Any) -> Doc:
    """So much off the receipt."""
    return {
        "kind": "amount",
        "per": "receipt",
        "lane": lane,
        "amount_minor": amount_minor,
        **rest,
    }


def points(points_minor: int, **rest: Any) -> Doc:
    """So many points for the receipt."""
    return {
        "kind": "points_amount",
        "per": "receipt",
        "lane": "earn",
        "points_minor": points_minor,
        **rest,
    }


def goods(*skus: str) -> Doc:
    """A choice by articles."""
    return {"skus": list(skus)}


def line(sku: str, price: int, pieces: int = 1, **rest: Any) -> Doc:
    """So many pieces at a price."""
    return {
        "sku": sku,
        "quantity_milli": pieces * 1000,
        "price_minor": price,
        "amount_minor": pieces * price,
        **rest,
    }


def shop(*campaigns: Doc, lanes: tuple[Doc, ...] = (OFF, LATER, EARN), **program: Any) -> Doc:
    """A snapshot of two stores; a campaign is named by its code."""
    snapshot: Doc = {
        "partner": {"code": "p", "name": "P", "currency": {"code": "RUB"}},
        "programs": [
            {
                "code": "m",
                "name": "M",
                "currencies": [{"code": "pt", "name": "Points"}],
                "lanes": list(lanes),
                **program,
            }
        ],
        "chains": [{"code": "ch", "name": "Chain"}, {"code": "other", "name": "Other"}],
        "stores": [
            {"code": "s", "chain": "ch", "program": "m", "name": "Store", "format": "d"},
            {"code": "t", "chain": "other", "program": "m", "name": "Far", "format": "big"},
            {"code": "u", "chain": "other", "program": "m", "name": "Third", "format": "kiosk"},
        ],
        "products": [{"sku": sku} for sku in "abc"],
        "campaigns": [{"program": "m", "name": each["code"], **each} for each in campaigns],
    }
    assert check_snapshot(Snapshot.model_validate(snapshot)) == []
    return snapshot


def sale(*lines: Doc, **rest: Any) -> Doc:
    """A receipt at noon."""
    return {
        "store": "s",
        "local_time": "2026-11-21T12:00:00",
        "lines": [{"position": at, **each} for at, each in enumerate(lines, start=1)],
        **rest,
    }


def full_outcome(snapshot: Doc, receipt: Doc, facts: Doc | None = None) -> Outcome:
    """The outcome with a full explanation."""
    return evaluate(
        compiled(snapshot),
        FACTS.validate_python(facts or {}),
        RECEIPT.validate_python(receipt),
        Explain.FULL,
    )


def verdict_on(code: str, snapshot: Doc, receipt: Doc, facts: Doc | None = None) -> Considered:
    """What became of one campaign."""
    considered = full_outcome(snapshot, receipt, facts).considered
    return next(each for each in considered if each.campaign == code)


def offers(snapshot: Doc, receipt: Doc, facts: Doc | None = None) -> list[NearMiss]:
    """The near-miss offers."""
    return near_misses(
        compiled(snapshot),
        FACTS.validate_python(facts or {}),
        RECEIPT.validate_python(receipt),
        full_outcome(snapshot, receipt, facts),
    )
