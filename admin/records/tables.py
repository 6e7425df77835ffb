"""The tables that the admin reads and writes, as SQLAlchemy sees them.

Only columns that pages use. No relationships: no page loads a collection by accident, and what
refers to another record does so by its code, which the database checks. The migrations make the
tables; a default of theirs is a `FetchedValue` here.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Dialect,
    FetchedValue,
    LargeBinary,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

if TYPE_CHECKING:
    from admin.records.member_facts import MemberFacts


class Table(DeclarativeBase):
    """A table of the service's schema."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: DateTime(timezone=True),
        int: BigInteger,
    }


class DigestAsId(TypeDecorator[UUID]):
    """Sixteen bytes that stand for a code, as an id that an address can hold."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> bytes | None:
        """An id as bytes."""
        del dialect
        return value.bytes if value is not None else None

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> UUID | None:
        """Bytes as an id."""
        del dialect
        return UUID(bytes=value) if value is not None else None

    @property
    def python_type(self) -> type[UUID]:
        """What addresses are read as."""
        return UUID


#: Of columns that tasks and the service fill in, and no form: an open form loses nothing by it.
COUNTED: Final = {"is_counted": True}


class Partner(Table):
    __tablename__ = "partner"
    partner_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=FetchedValue())
    code: Mapped[str]
    name: Mapped[str]
    currency_code: Mapped[str]
    currency_exponent: Mapped[int]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=FetchedValue())
    words: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=FetchedValue())


class Chain(Table):
    __tablename__ = "chain"
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Program(Table):
    __tablename__ = "program"
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=FetchedValue())

    @property
    def name(self) -> str:
        """What the document calls it."""
        return str(self.document.get("name", ""))


class Store(Table):
    __tablename__ = "store"
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    chain_code: Mapped[str]
    program_code: Mapped[str]
    name: Mapped[str]
    address: Mapped[str]
    format: Mapped[str]
    region: Mapped[str]
    time_zone: Mapped[str]


class Terminal(Table):
    __tablename__ = "terminal"
    terminal_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=FetchedValue())
    partner_id: Mapped[UUID]
    store_code: Mapped[str]
    code: Mapped[str]
    kind: Mapped[str]
    blocked_at: Mapped[dt.datetime | None]
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text))


class TerminalToken(Table):
    __tablename__ = "terminal_token"
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    terminal_id: Mapped[UUID]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=FetchedValue())
    revoked_at: Mapped[dt.datetime | None]


class TokenUse(Table):
    __tablename__ = "terminal_token_use"
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[dt.datetime]


class Category(Table):
    __tablename__ = "category"
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_code: Mapped[str]


class Product(Table):
    __tablename__ = "product"
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    category_code: Mapped[str]
    brand: Mapped[str]
    name: Mapped[str]
    supplier: Mapped[str]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    attributes: Mapped[dict[str, str]] = mapped_column(JSONB, server_default=FetchedValue())
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text))


class Member(Table):
    __tablename__ = "member"
    bucket: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID]
    blocked_at: Mapped[dt.datetime | None]
    purchases: Mapped[int]
    last_purchase_on: Mapped[dt.date | None]
    household_id: Mapped[UUID | None]
    household_size: Mapped[int | None]
    merged_into: Mapped[UUID | None]
    created_at: Mapped[dt.datetime]
    #: What lists tell beside, once it has been read.
    facts = cast("MemberFacts | None", None)


class Household(Table):
    """Members who pool their points: a row of the same table, with a size."""

    __table__ = Member.__table__
    bucket: Mapped[int]
    member_id: Mapped[UUID]
    household_size: Mapped[int | None]
    created_at: Mapped[dt.datetime]


class MemberProfile(Table):
    __tablename__ = "member_profile"
    bucket: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    patronymic: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    gender: Mapped[str]
    birth_date: Mapped[dt.date | None]
    external_id: Mapped[str]
    traits: Mapped[dict[str, Any]] = mapped_column(JSONB, info=COUNTED)
    social_links: Mapped[list[str]] = mapped_column(ARRAY(Text))


class CardType(Table):
    __tablename__ = "card_type"
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    prefix: Mapped[str]
    digits: Mapped[int]
    issued_at_enrolment: Mapped[bool]


class Tag(Table):
    __tablename__ = "tag"
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    archived_at: Mapped[dt.datetime | None]


class CouponSeries(Table):
    __tablename__ = "coupon_series"
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    archived_at: Mapped[dt.datetime | None]


class MemberAttribute(Table):
    __tablename__ = "member_attribute"
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    archived_at: Mapped[dt.datetime | None]


class Segment(Table):
    __tablename__ = "segment"
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    conditions: Mapped[dict[str, Any]] = mapped_column(JSONB)
    archived_at: Mapped[dt.datetime | None]
    size: Mapped[int | None] = mapped_column(server_default=FetchedValue(), info=COUNTED)
    counted_at: Mapped[dt.datetime | None] = mapped_column(
        server_default=FetchedValue(), info=COUNTED
    )


class MemberList(Table):
    __tablename__ = "member_list"
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    archived_at: Mapped[dt.datetime | None]
    size: Mapped[int | None] = mapped_column(server_default=FetchedValue(), info=COUNTED)


class Identifier(Table):
    __tablename__ = "identifier"
    bucket: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    member_bucket: Mapped[int | None]
    member_id: Mapped[UUID | None]
    masked: Mapped[str]
    blocked_at: Mapped[dt.datetime | None]
    type_code: Mapped[str]
    replaced_by: Mapped[bytes | None]
    replaced_for: Mapped[str]
    created_at: Mapped[dt.datetime]

    @property
    def card_state(self) -> str:
        """What is shown of it: new, active, blocked or replaced."""
        if self.member_id is None:
            return "new"
        if self.replaced_by is not None:
            return "replaced"
        return "active" if self.blocked_at is None else "blocked"

    @property
    def card_id(self) -> UUID:
        """What the service knows a card by, when nobody has its number."""
        return UUID(bytes=self.digest)


class Participation(Table):
    __tablename__ = "participation"
    bucket: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    program_code: Mapped[str] = mapped_column(primary_key=True)
    tier_code: Mapped[str]
    joined_at: Mapped[dt.datetime]
    left_at: Mapped[dt.datetime | None]
    tier_until: Mapped[dt.date | None]


class Account(Table):
    __tablename__ = "account"
    bucket: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    balance: Mapped[int]


class Certificate(Table):
    """Read through the view of the partner's rows."""

    __tablename__ = "admin_certificate"
    bucket: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[UUID] = mapped_column(primary_key=True)
    series_code: Mapped[str]
    masked: Mapped[str]
    unit: Mapped[str]
    face: Mapped[int]
    remaining: Mapped[int]
    held: Mapped[int]
    issued_at: Mapped[dt.datetime]
    activated_at: Mapped[dt.datetime | None]
    expires_at: Mapped[dt.datetime | None]
    blocked_at: Mapped[dt.datetime | None]
    #: Decimals of the unit.
    exponent: Mapped[int]


class Coupon(Table):
    """Read through the view of the partner's rows."""

    __tablename__ = "admin_coupon"
    bucket: Mapped[int] = mapped_column(primary_key=True)
    #: What pages and the service name a coupon by, as nobody keeps its code.
    code_id: Mapped[UUID] = mapped_column(DigestAsId, primary_key=True)
    coupon_id: Mapped[UUID]
    series_code: Mapped[str]
    masked: Mapped[str]
    member_id: Mapped[UUID | None]
    uses_max: Mapped[int]
    used: Mapped[int]
    valid_from: Mapped[dt.datetime]
    valid_until: Mapped[dt.datetime | None]
    issued_at: Mapped[dt.datetime]
    campaign_code: Mapped[str]
    blocked_at: Mapped[dt.datetime | None]
    taken_back_at: Mapped[dt.datetime | None]
    held: Mapped[int]


class Job(Table):
    __tablename__ = "admin_job"
    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID]
    kind: Mapped[str]
    series: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(server_default=FetchedValue())
    state: Mapped[str] = mapped_column(server_default=FetchedValue())
    failure: Mapped[str] = mapped_column(server_default=FetchedValue())
    author: Mapped[str]
    reason: Mapped[str]
    made_at: Mapped[dt.datetime] = mapped_column(server_default=FetchedValue())
    ended_at: Mapped[dt.datetime | None]


class JobRow(Table):
    """Read through the view of the partner's jobs."""

    __tablename__ = "admin_row_of_job"
    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB)
    told: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class Campaign(Table):
    __tablename__ = "campaign"
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    document: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), server_default=FetchedValue()
    )
    version: Mapped[int] = mapped_column(server_default=FetchedValue())
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    draft_version: Mapped[int | None]
    approved_by: Mapped[str] = mapped_column(server_default=FetchedValue())
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=FetchedValue())

    @property
    def latest(self) -> dict[str, Any]:
        """The draft if there is one, else what the rules have."""
        return self.draft if self.draft is not None else (self.document or {})

    @property
    def latest_version(self) -> int:
        """The number of that."""
        return self.version if self.draft_version is None else self.draft_version


class CampaignVersion(Table):
    __tablename__ = "campaign_version"
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    saved_at: Mapped[dt.datetime] = mapped_column(server_default=FetchedValue())
    author: Mapped[str]
    note: Mapped[str] = mapped_column(server_default=FetchedValue())


class StaffList(Table):
    __tablename__ = "staff_list"
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    of_list: Mapped[str] = mapped_column(primary_key=True)
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text))


class Publication(Table):
    __tablename__ = "publication"
    seq: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID]
    snapshot_id: Mapped[str]
    published_at: Mapped[dt.datetime]
    author: Mapped[str]
    note: Mapped[str]


class WorkerSnapshot(Table):
    __tablename__ = "worker_snapshot"
    worker_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    snapshot_id: Mapped[str]
    host: Mapped[str]
    process_id: Mapped[int]
    in_force_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]


class HistoryEntry(Table):
    __tablename__ = "admin_history"
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    partner_id: Mapped[UUID | None]
    author_id: Mapped[UUID | None]
    author: Mapped[str]
    record: Mapped[str]
    record_key: Mapped[str]
    action: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    reason: Mapped[str]
    of_member: Mapped[str | None] = mapped_column(server_default=FetchedValue())
