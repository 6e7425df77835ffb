"""The directory: partners and terminals in a worker's memory.

So that a call's credential costs no round trip.

It is read anew when its version moves, which workers poll twice a second; so a revoked token ends
within two seconds.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

import structlog

from checkout.engine.schema.partner_settings import (
    NumberClash,
    PartnerSettings,
    read_settings,
    settings_faults,
)
from checkout.flows.as_sold import ManualTerms, OfflineTerms
from checkout.flows.card_types import CardType
from checkout.flows.identifiers import IdentifierRules
from checkout.flows.sale import Caller
from checkout.flows.token_uses import TokenUses

if TYPE_CHECKING:
    from checkout.store.reference import PartnerRow, ReferenceStore

_log = structlog.get_logger(__name__)

#: Of what operators do for a store.
NO_TERMINAL: Final = UUID(int=0)


#: What operators may add where the partner says nothing.
NOTHING_BY_HAND: Final = ManualTerms()


@dataclass(frozen=True, slots=True)
class PartnerEntry:
    """A tenant and what it has set."""

    partner_id: UUID
    code: str
    refuses_taken_numbers: bool
    identifiers: IdentifierRules
    offline: OfflineTerms
    #: Corrections of more points (minor units of their currency) wait for another author.
    four_eyes_above_minor: int | None = None
    #: Money that a terminal with the permission may pay out in a day for goods without a receipt.
    returns_without_receipt_minor: int = 0
    manual: ManualTerms = NOTHING_BY_HAND


def _entry(row: PartnerRow, settings: PartnerSettings) -> PartnerEntry:
    offline, by_hand = settings.offline, settings.manual_purchases
    return PartnerEntry(
        row.partner_id,
        row.code,
        settings.receipt_number_clash is NumberClash.REFUSE,
        IdentifierRules(
            settings.card_prefixes,
            settings.phone_country,
            tuple(CardType(*card_type) for card_type in row.card_types),
        ),
        OfflineTerms(offline.late_days, offline.terminal_minor, offline.card_minor),
        settings.four_eyes_above_minor,
        settings.returns_without_receipt.terminal_minor,
        ManualTerms(by_hand.late_days, by_hand.author_minor),
    )


class Directory:
    """Who may call."""

    def __init__(self, store: ReferenceStore) -> None:
        self._store = store
        self.token_uses = TokenUses()
        self._callers: dict[bytes, Caller] = {}
        self._terminals: dict[tuple[UUID, str], Caller] = {}
        self._servers: set[UUID] = set()
        self._desks: dict[tuple[UUID, str], Caller] = {}
        self._partners: dict[UUID, PartnerEntry] = {}
        self._codes: dict[str, PartnerEntry] = {}
        self._settings: dict[UUID, PartnerSettings] = {}

    async def reload(self) -> None:
        """Read partners and terminals anew; what is wrong with one partner's settings is told.

        A setting at fault stays as it was, so that nobody else waits for a good one.
        """
        partners: dict[UUID, PartnerEntry] = {}
        settings: dict[UUID, PartnerSettings] = {}
        for row in await self._store.read_partners():
            read = read_settings(row.settings, self._settings.get(row.partner_id))
            settings[row.partner_id], partners[row.partner_id] = read, _entry(row, read)
            self._tell_faults(row)
        callers: dict[bytes, Caller] = {}
        terminals: dict[tuple[UUID, str], Caller] = {}
        servers: set[UUID] = set()
        for terminal in await self._store.read_terminals():
            if terminal.partner_id not in partners:
                continue
            caller = Caller(
                partner_id=terminal.partner_id,
                partner_code=partners[terminal.partner_id].code,
                store_code=terminal.store_code,
                store_id=terminal.store_id,
                terminal_code=terminal.code,
                time_zone=terminal.time_zone,
                terminal_id=terminal.terminal_id,
                permissions=terminal.permissions,
            )
            callers |= dict.fromkeys(terminal.token_hashes, caller)
            terminals[terminal.store_id, terminal.code] = caller
            if terminal.kind == "store_server":
                servers.add(terminal.terminal_id)
        self._desks = {
            (store.partner_id, store.code): Caller(
                partner_id=store.partner_id,
                partner_code=partners[store.partner_id].code,
                store_code=store.code,
                store_id=store.store_id,
                terminal_code="",
                time_zone=store.time_zone,
                terminal_id=NO_TERMINAL,
            )
            for store in await self._store.read_stores()
            if store.partner_id in partners
        }
        self._partners, self._callers = partners, callers
        self._settings = settings
        self._terminals, self._servers = terminals, servers
        self._codes = {partner.code: partner for partner in partners.values()}

    @staticmethod
    def _tell_faults(row: PartnerRow) -> None:
        faults = settings_faults(row.settings)
        if faults:
            said = [f"{fault.field}: {fault.message}" for fault in faults]
            _log.error("faulty_partner_settings", partner=row.code, faults=said)

    def caller(self, token: str) -> Caller | None:
        """The terminal of a token; it is found by its hash.

        So that comparing takes the same time for all.
        """
        token_hash = hashlib.sha256(token.encode()).digest()
        caller = self._callers.get(token_hash)
        if caller is not None:
            self.token_uses.add(token_hash)
        return caller

    def beside(self, caller: Caller, terminal_code: str) -> Caller | None:
        """Another terminal of a caller's store, if the caller is a server that speaks for it."""
        if caller.terminal_id not in self._servers:
            return None
        return self._terminals.get((caller.store_id, terminal_code))

    def spoken_for(self, caller: Caller) -> list[Caller]:
        """The terminals that a store server may speak for, by their codes; of others none."""
        if caller.terminal_id not in self._servers:
            return []
        beside = [
            terminal
            for (store_id, _), terminal in self._terminals.items()
            if store_id == caller.store_id
        ]
        return sorted(beside, key=lambda terminal: terminal.terminal_code)

    def desk(self, partner_id: UUID, store_code: str, terminal_code: str) -> Caller | None:
        """An operator who speaks of a store, and of what a terminal there printed, if one did.

        None if the partner has no such store; terminals may have gone.
        """
        desk = self._desks.get((partner_id, store_code))
        return replace(desk, terminal_code=terminal_code) if desk is not None else None

    def partner(self, partner_id: UUID) -> PartnerEntry:
        """A partner by id."""
        return self._partners[partner_id]

    def partner_by_code(self, code: str) -> PartnerEntry | None:
        """A partner by code."""
        return self._codes.get(code)
