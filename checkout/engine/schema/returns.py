"""The typed schema of returns: what becomes of points and certificates when goods come back."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import Field

from checkout.engine.schema.document import Document, Whole, YesNo


class DebtPolicy(enum.StrEnum):
    """What happens if points that a return takes back have been spent already."""

    NEGATIVE = "negative"
    CLIP = "clip"
    REFUSE = "refuse"


class ReturnPolicy(enum.StrEnum):
    """What goods that come back are worth."""

    STORED_SHARES = "stored_shares"
    RECOMPUTED = "recomputed"


class Returns(Document):
    """How goods are taken back."""

    policy: Annotated[
        ReturnPolicy,
        Field(
            description="What goods that come back are worth: what each cost on its receipt; or"
            " what the receipt cost less what the rest of it costs by the receipt's own rules"
        ),
    ] = ReturnPolicy.STORED_SHARES
    debt: Annotated[
        DebtPolicy,
        Field(
            description="Points that are spent already are owed until more are earned; written"
            " off as far as the member has no others; or the return is refused"
        ),
    ] = DebtPolicy.NEGATIVE
    window_days: Annotated[
        Whole | None, Field(ge=0, le=3_650, description="Days after the sale; any time when absent")
    ] = None
    expired_points_days: Annotated[
        Whole,
        Field(
            ge=0,
            le=3_650,
            description="Points whose lot ran out meanwhile come back for so many days; 0: they"
            " come back as they are, expired",
        ),
    ] = 0
    coupons_back: Annotated[
        YesNo,
        Field(
            description="When everything has come back, used coupons can be used again, and unused"
            " coupons and tags that the sale gave are taken back"
        ),
    ] = True
    expired_certificates_days: Annotated[
        Whole,
        Field(
            ge=0,
            le=3_650,
            description="A certificate that ran out meanwhile gets its money back for so many days;"
            " 0: it stays expired",
        ),
    ] = 30
