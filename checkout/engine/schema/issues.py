"""The typed schema of what an applied campaign issues: coupons, certificates, tags, gifts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from checkout.engine.schema.document import Code, Days, Document, Positive, Whole

Count = Annotated[Whole, Field(ge=1, le=100, description="How many")]


class IssueCoupon(Document):
    """Coupons of a series."""

    kind: Literal["issue_coupon"] = "issue_coupon"
    series: Code
    count: Count = 1
    valid_days: Annotated[
        Days | None,
        Field(description="Until the end of the day so many days later; without end when absent"),
    ] = None


class IssueCertificate(Document):
    """A certificate of a series, with money on it."""

    kind: Literal["issue_certificate"] = "issue_certificate"
    series: Code
    amount_minor: Positive


class GiveTag(Document):
    """A tag for the member."""

    kind: Literal["give_tag"] = "give_tag"
    tag: Code


class GiveGift(Document):
    """Something from the program's list of gifts, handed out beside the receipt."""

    kind: Literal["give_gift"] = "give_gift"
    gift: Code
    count: Count = 1


Issue = Annotated[IssueCoupon | IssueCertificate | GiveTag | GiveGift, Field(discriminator="kind")]
