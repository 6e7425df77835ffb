"""What applied campaigns issue: coupons, certificates, tags, gifts (``docs/rules.md`` §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from checkout.engine.outcome import Issued
from checkout.engine.schema.issues import GiveGift, GiveTag, IssueCertificate, IssueCoupon

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.follows.applied import Given
    from checkout.engine.schema.issues import Issue


def issued(case: Case, given: Given) -> list[Issued]:
    """Each applied campaign's issues, in its order; tags for members only, gifts as they last."""
    return [
        _issued(campaign.code, issue)
        for campaign in given.applied
        for place, issue in enumerate(campaign.issues)
        if _is_issued(case, given, (campaign.code, place), issue)
    ]


def _is_issued(case: Case, given: Given, place: tuple[str, int], issue: Issue) -> bool:
    match issue:
        case GiveTag():
            return case.member is not None
        case GiveGift():
            return place in given.gifts.given
        case _:
            return True


def _issued(campaign: str, issue: Issue) -> Issued:
    match issue:
        case IssueCoupon():
            return Issued(campaign, issue.kind, issue.series, issue.count, 0, issue.valid_days)
        case IssueCertificate():
            return Issued(campaign, issue.kind, issue.series, 1, issue.amount_minor, None)
        case GiveTag():
            return Issued(campaign, issue.kind, issue.tag, 1, 0, None)
        case GiveGift():
            return Issued(campaign, issue.kind, issue.gift, issue.count, 0, None)
        case _:
            assert_never(issue)
