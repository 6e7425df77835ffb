"""The tables of staff: who signs in, where they are signed in, links, second factors."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, FetchedValue, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from admin.records.tables import Table


class Staff(Table):
    __tablename__ = "staff"
    staff_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=FetchedValue())
    partner_id: Mapped[UUID | None]
    login: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    language: Mapped[str]
    password_hash: Mapped[str] = mapped_column(server_default=FetchedValue())
    password_changed_at: Mapped[dt.datetime | None]
    blocked_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=FetchedValue())


class StaffSession(Table):
    __tablename__ = "staff_session"
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(server_default=FetchedValue())
    staff_id: Mapped[UUID]
    partner_id: Mapped[UUID | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=FetchedValue())
    seen_at: Mapped[dt.datetime] = mapped_column(server_default=FetchedValue())
    ends_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    address: Mapped[str]
    agent: Mapped[str]


class StaffLink(Table):
    __tablename__ = "staff_link"
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=FetchedValue())
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class StaffFactor(Table):
    __tablename__ = "staff_factor"
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    secret: Mapped[str]
    recovery: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary), server_default=FetchedValue())
    begun_at: Mapped[dt.datetime] = mapped_column(server_default=FetchedValue())
    confirmed_at: Mapped[dt.datetime | None]
    used_step: Mapped[int] = mapped_column(BigInteger, server_default=FetchedValue())
