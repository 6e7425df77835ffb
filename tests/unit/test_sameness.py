"""Sameness: hashes that must not change by accident, and that omit defaults."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any
from uuid import UUID

import pytest

from checkout.engine.receipt import Line, LineKind, PlannedTender, Receipt
from checkout.flows.sale import (
    Caller,
    PresentedIdentifier,
    Sale,
    Settlement,
    SoldCertificate,
    Tender,
)
from checkout.flows.sameness import call_hash, priced_hash, sale_hash, sale_hashes

CALLER = Caller(
    partner_id=UUID(int=1),
    partner_code="p",
    store_code="s1",
    store_id=UUID(int=2),
    terminal_code="t1",
    time_zone="UTC",
    terminal_id=UUID(int=3),
)
LINE = Line(position=1, sku="a", quantity_milli=1_000, price_minor=500, amount_minor=500)
RECEIPT = Receipt(
    store="s1",
    local_time=dt.datetime(2026, 11, 21, 18, 5),  # noqa: DTZ001 - local by its nature
    lines=(LINE,),
)
SALE = Sale(caller=CALLER, purchase_id="p1", receipt=RECEIPT)
FULL = Sale(
    caller=CALLER,
    purchase_id="p1",
    receipt=dataclasses.replace(
        RECEIPT,
        utc_offset_minutes=180,
        coupons=("A", "B"),
        points_to_spend="max",
        channel="app",
        tenders=(PlannedTender(kind="card", bin="427600"),),
        lines=(
            LINE,
            dataclasses.replace(LINE, position=2, kind=LineKind.SERVICE, weighed=True, title="T"),
        ),
    ),
    identifier=PresentedIdentifier("card", b"d" * 16, "…1234"),
)
SETTLEMENT = Settlement(
    tenders=(Tender("cash", 500),),
    shift="7",
    receipt_number="8",
    cashier="c",
    business_day=dt.date(2026, 11, 21),
    fiscal={"a": "b"},
    certificates_sold=(SoldCertificate(1, b"code"),),
)


@pytest.mark.parametrize("sale", [SALE, FULL])
@pytest.mark.parametrize("settlement", [Settlement(), SETTLEMENT])
def test_both_hashes_at_once_are_the_same(sale: Sale, settlement: Settlement) -> None:
    """A confirm takes them together; its quote and what it is compared with took each alone."""
    assert sale_hashes(sale, settlement) == (sale_hash(sale, settlement), priced_hash(sale))


def test_stored_hashes_stay_what_they_are() -> None:
    """Golden values: purchases confirmed yesterday are compared with these for ever.

    Who changes one on purpose raises the version that the hashes begin with, and keeps the old
    computation for what is stored.
    """
    assert priced_hash(SALE).hex() == "560229455acc4624b5274557376e94b7"
    assert priced_hash(FULL).hex() == "0b33f81254b13970659111f75e63fcc2"
    assert sale_hash(SALE, Settlement()).hex() == "8c862b2300f29e865e039bda5bdfa9b5"
    # What was added to the contract since then is absent there.
    settled = dataclasses.replace(SETTLEMENT, certificates_sold=())
    assert sale_hash(FULL, settled).hex() == "26db26b7fd8097142291db242e50a176"
    assert call_hash("p1", 600).hex() == "c99c5e16bcc56ca2bd151ce41a9c34fd"


@pytest.mark.parametrize("field", [f.name for f in dataclasses.fields(Line)])
def test_every_field_of_a_line_counts(field: str) -> None:
    """A line that differs in one field is another line; a new field comes in by itself."""
    other: Any = {
        str: "x",
        int: 7,
        bool: True,
        LineKind: LineKind.DELIVERY,
    }[type(getattr(LINE, field))]
    changed = dataclasses.replace(LINE, **{field: other})
    sale = dataclasses.replace(SALE, receipt=dataclasses.replace(RECEIPT, lines=(changed,)))
    assert priced_hash(sale) != priced_hash(SALE)


@pytest.mark.parametrize(
    "changes",
    [
        {"purchase_id": "p2"},
        {"identifier": PresentedIdentifier("card", b"d" * 16, "…")},
        {"identifier": PresentedIdentifier("phone", b"d" * 16, "…")},
        {"receipt": dataclasses.replace(RECEIPT, channel="app")},
        {"receipt": dataclasses.replace(RECEIPT, tenders=(PlannedTender(kind="cash"),))},
        {"receipt": dataclasses.replace(RECEIPT, tenders=(PlannedTender(token="t"),))},
        {"receipt": dataclasses.replace(RECEIPT, manual_permission="senior")},
        {"receipt": dataclasses.replace(RECEIPT, language="en")},
        {"receipt": dataclasses.replace(RECEIPT, coupons=("A",))},
        {"receipt": dataclasses.replace(RECEIPT, points_to_spend=5)},
        {"receipt": dataclasses.replace(RECEIPT, points_to_spend="max")},
        {"receipt": dataclasses.replace(RECEIPT, utc_offset_minutes=1)},
        {"receipt": dataclasses.replace(RECEIPT, store="s2")},
    ],
)
def test_every_part_of_a_sale_counts(changes: dict[str, Any]) -> None:
    """Changing any priced part changes the hash."""
    assert priced_hash(dataclasses.replace(SALE, **changes)) != priced_hash(SALE)


@pytest.mark.parametrize("name", [f.name for f in dataclasses.fields(Settlement)])
def test_every_part_of_a_settlement_counts_in_the_sale_only(name: str) -> None:
    """Settlement is part of a purchase's content, never of its price."""
    part = dataclasses.replace(Settlement(), **{name: getattr(SETTLEMENT, name)})
    assert sale_hash(SALE, part) != sale_hash(SALE, Settlement())


def test_defaults_are_omitted() -> None:
    """Saying a default or leaving it out is the same, so that a new field breaks no old key."""
    said = dataclasses.replace(
        SALE,
        receipt=dataclasses.replace(
            RECEIPT,
            channel="till",
            tenders=(),
            manual_permission="",
            language="",
            coupons=(),
            points_to_spend=0,
            lines=(dataclasses.replace(LINE, kind=LineKind.GOODS, barcode="", weighed=False),),
        ),
    )
    assert priced_hash(said) == priced_hash(SALE)


def test_the_till_does_not_count() -> None:
    """Another till of the store may confirm what this one quoted: the price decides."""
    other = dataclasses.replace(SALE, receipt=dataclasses.replace(RECEIPT, terminal="t2"))
    assert priced_hash(other) == priced_hash(SALE)


def test_a_token_counts_beside_kind_and_first_digits() -> None:
    """Two cards of one kind and BIN are two ways to pay."""
    sales = [
        dataclasses.replace(
            SALE,
            receipt=dataclasses.replace(
                RECEIPT, tenders=(PlannedTender(kind="card", bin="427600", token=token),)
            ),
        )
        for token in ("", "a", "b")
    ]
    assert len({priced_hash(sale) for sale in sales}) == 3


def test_a_masked_identifier_does_not_count() -> None:
    """What people see of a card is no part of the content."""
    sales = [
        dataclasses.replace(SALE, identifier=PresentedIdentifier("card", b"d" * 16, masked))
        for masked in ("…1", "…2")
    ]
    assert priced_hash(sales[0]) == priced_hash(sales[1])
