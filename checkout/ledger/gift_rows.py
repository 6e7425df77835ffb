"""Rows of gifts, as values. A test holds fields and columns equal, in name and order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

#: Partner and code of the gift.
GiftRef = tuple["UUID", str]
#: A member, the code of a gift, and the moment since which it is asked what operators gave.
GiftsHadRef = tuple["UUID", str, dt.datetime]


@dataclass(slots=True)
class GiftStock:
    """How many of a counted gift there are; `held` of them are set aside by holds."""

    bucket: int
    partner_id: UUID
    gift_code: str
    stock: int
    held: int
    changed_at: dt.datetime

    @property
    def ref(self) -> GiftRef:
        """Under which key it stands."""
        return (self.partner_id, self.gift_code)

    @property
    def left(self) -> int:
        """How many can be given."""
        return self.stock - self.held


@dataclass(slots=True)
class GiftEntry:
    """What one call moved of a gift: into the stock (positive) or out of it.

    `moved_by` is a receipt, a return, a `GiftGiven` (its id, or that of its return), or a
    stock-taking. Without `is_counted` no stock was moved: the gift was not counted then.
    """

    bucket: int
    month: dt.date
    moved_by: UUID
    partner_id: UUID
    gift_code: str
    campaign_code: str
    kind: str
    count: int
    is_counted: bool
    member_id: UUID | None
    at: dt.datetime
    author: str = ""
    reason: str = ""

    @property
    def ref(self) -> GiftRef:
        """The gift."""
        return (self.partner_id, self.gift_code)


@dataclass(slots=True)
class GiftGiven:
    """A gift that an operator gave a member, for points or for nothing; taken back or not.

    Its id is that of its posting, if it cost points; `month` is where that lies.
    """

    bucket: int
    gift_given_id: UUID
    partner_id: UUID
    program_code: str
    gift_code: str
    member_id: UUID
    store_code: str
    count: int
    currency: str
    points_minor: int
    is_counted: bool
    month: dt.date
    given_at: dt.datetime
    author: str
    reason: str
    taken_back_at: dt.datetime | None = None
    taken_back_by: str = ""
    taken_back_reason: str = ""
    #: Whose account it moved, if the member pooled points when it was given.
    household_id: UUID | None = None

    @property
    def purse_id(self) -> UUID:
        """Whose account it moved."""
        return self.household_id or self.member_id


@dataclass(slots=True)
class GiftWrites:
    """What a batch changes of gifts, table by table."""

    stocks: dict[GiftRef, GiftStock] = field(default_factory=dict)
    entries: list[GiftEntry] = field(default_factory=list)
    new_given: dict[UUID, GiftGiven] = field(default_factory=dict)
    taken_back: dict[UUID, GiftGiven] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.stocks or self.entries or self.new_given or self.taken_back)
