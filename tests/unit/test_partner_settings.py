"""Settings of partners: what is good is taken, what is not harms nobody else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from checkout.engine.schema.partner_settings import (
    CAUTIOUS,
    Approval,
    PartnerSettings,
    read_settings,
    settings_faults,
)
from checkout.flows.directory import Directory
from checkout.store.reference import PartnerRow, TerminalRow

NORTH, SOUTH = UUID(int=1), UUID(int=2)
#: What people and programs have written, or might, and the fields at fault.
FAULTY: list[tuple[Any, list[str]]] = [
    ({"offline": {"late_days": "7"}}, ["offline.late_days"]),
    ({"offline": {"lat_days": 3}}, ["offline.lat_days"]),
    ({"offline": {"late_days": 32}}, ["offline.late_days"]),
    ({"offline": {"terminal_minor": -1}}, ["offline.terminal_minor"]),
    ({"offline": None}, ["offline"]),
    ({"manual_purchases": {"late_days": None}}, ["manual_purchases.late_days"]),
    ({"returns_without_receipt": []}, ["returns_without_receipt"]),
    ({"card_prefixes": [1]}, ["card_prefixes[0]"]),
    ({"card_prefixes": "29"}, ["card_prefixes"]),
    ({"card_prefixes": ["4"] * 51}, ["card_prefixes"]),
    ({"phone_country": "zz"}, ["phone_country"]),
    ({"four_eyes_above_minor": -5}, ["four_eyes_above_minor"]),
    ({"four_eyes_above_minor": True}, ["four_eyes_above_minor"]),
    ({"four_eyes_above_minor": 1.5}, ["four_eyes_above_minor"]),
    ({"campaign_approval": "nobody"}, ["campaign_approval"]),
    ({"receipt_number_clash": "ignore"}, ["receipt_number_clash"]),
    ([], ["settings"]),
    (None, ["settings"]),
]
GOOD = {
    "phone_country": "7",
    "card_prefixes": ["29"],
    "receipt_number_clash": "refuse",
    "offline": {"late_days": 3, "terminal_minor": 100},
    "four_eyes_above_minor": 5,
    "campaign_approval": "anybody",
    "loaded": {"by": "a loader"},
}


class Tables:
    """What a worker reads of partners and terminals."""

    def __init__(self, north: Any) -> None:
        self.north = north
        self.terminals = [terminal(NORTH, b"n"), terminal(SOUTH, b"s")]

    async def read_partners(self) -> list[PartnerRow]:
        return [
            PartnerRow(NORTH, "north", "North", self.north, []),
            PartnerRow(SOUTH, "south", "South", {"phone_country": "7"}, []),
        ]

    async def read_terminals(self) -> list[TerminalRow]:
        return self.terminals

    async def read_stores(self) -> list[Any]:
        return []


def terminal(partner_id: UUID, token_hash: bytes) -> TerminalRow:
    return TerminalRow(
        UUID(bytes=token_hash * 16), partner_id, "s", "t", "till", partner_id, "UTC", (token_hash,)
    )


@pytest.mark.parametrize(("document", "fields"), FAULTY, ids=str)
def test_what_is_wrong_is_told_at_its_field(document: Any, fields: list[str]) -> None:
    """One fault, by the path of the setting."""
    assert [fault.field for fault in settings_faults(document)] == fields


@pytest.mark.parametrize(("document", "fields"), FAULTY, ids=str)
def test_a_setting_at_fault_gives_nothing_away(document: Any, fields: list[str]) -> None:
    """Nothing is spent unseen, and each correction waits for another author, if that was set."""
    read = read_settings(document)
    assert (read.offline.terminal_minor, read.manual_purchases.author_minor) == (None, None)
    assert read.campaign_approval is Approval.ANOTHER
    if fields[0].startswith(("four_eyes", "settings")):
        assert read.four_eyes_above_minor == 0


def test_what_is_good_beside_a_fault_counts() -> None:
    """And what is at fault stays as it was."""
    before = read_settings(GOOD)
    read = read_settings(GOOD | {"offline": {"late_days": "7"}, "four_eyes_above_minor": 6}, before)
    assert (read.four_eyes_above_minor, read.offline) == (6, before.offline)
    assert read.card_prefixes == ("29",)
    assert read_settings([], before) == before


def test_what_loaders_remember_is_no_fault() -> None:
    """Other words beside the settings are nobody's business here."""
    assert settings_faults(GOOD) == []
    assert read_settings({}) == PartnerSettings()
    assert CAUTIOUS.four_eyes_above_minor == 0


@pytest.mark.parametrize(("document", "fields"), FAULTY, ids=str)
async def test_a_partner_at_fault_stops_no_other(document: Any, fields: list[str]) -> None:
    """A worker starts with such settings, follows others' tokens, and keeps what was good."""
    tables = Tables(document)
    starting = Directory(tables)  # type: ignore[arg-type]
    with capture_logs() as logs:
        await starting.reload()
    (told,) = (entry for entry in logs if entry["event"] == "faulty_partner_settings")
    assert told["partner"] == "north"
    assert told["faults"][0].startswith(fields[0])
    assert starting.partner(SOUTH).identifiers.phone_country == "7"

    tables.north = GOOD
    running = Directory(tables)  # type: ignore[arg-type]
    await running.reload()
    good = running.partner(NORTH)
    tables.north = GOOD | document if isinstance(document, dict) else document
    tables.terminals = [terminal(NORTH, b"n")]
    await running.reload()
    assert running.desk(SOUTH, "s", "t") is None
    assert not running._callers.keys() & {b"s"}
    assert running.partner(NORTH) == good
