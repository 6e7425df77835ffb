"""The canonical form: what is merged, in which order it stands, and the way back."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.engine.canonical import canonical_lines
from checkout.engine.caps import cap_left_minor
from checkout.engine.compiled_program import CompiledProgram
from checkout.engine.manual import grant_manual
from checkout.engine.outcome import Cut, CutBy
from checkout.engine.receipt import Line, LineKind
from checkout.engine.schema.program import Program
from tests.unit.engine_cases import case_of, catalogue, delivery, line

if TYPE_CHECKING:
    from checkout.engine.case import Case

Doc = dict[str, Any]


def numbered(*lines: Line) -> list[Line]:
    """The lines as positions 1, 2, 3 and so on."""
    return [dataclasses.replace(each, position=i) for i, each in enumerate(lines, start=1)]


def positions(*lines: Line) -> list[list[int]]:
    """The positions that each canonical line stands for."""
    return [[each.position for each in c.till_lines] for c in canonical_lines(numbered(*lines))]


@pytest.mark.parametrize(
    "difference",
    [
        {"sku": "b"},
        {"price_minor": 101},
        {"barcode": "1"},
        {"category": "x"},
        {"min_price_minor": 1},
        {"kind": LineKind.SERVICE},
        {"no_discount": True},
        {"no_points": True},
        {"excise": True},
        {"marked": True},
        {"weighed": True},
    ],
)
def test_lines_that_differ_in_what_is_priced_stay_apart(difference: Doc) -> None:
    """Each priced attribute alone keeps two lines apart."""
    plain = line("a", 100)
    assert positions(plain, dataclasses.replace(plain, **difference)) == [[1], [2]]


def test_equal_lines_are_one_with_their_sums() -> None:
    """Amounts, quantities and discounts given before us are summed, whatever they are."""
    first = line("a", 100, 1_500, external_discount_minor=10, manual_discount_minor=3)
    second = line("a", 100, 2_500, vat_code="20", title="A", manual_discount_minor=4)
    (merged,) = canonical_lines(numbered(first, second))
    assert merged.quantity_milli == 4_000
    assert merged.units == 4
    assert merged.amount_minor == 400
    assert merged.external_discount_minor == 10
    assert merged.manual_wanted_minor == 7
    assert merged.start_minor == merged.current_minor == merged.opened_minor == 390


def test_weighed_lines_are_never_merged() -> None:
    """Each is one unit, and they stand by quantity, amount, discounts and position."""
    kilo, half = line("a", 100, 1_000, weighed=True), line("a", 100, 500, weighed=True)
    cheaper = dataclasses.replace(half, amount_minor=49)
    cut = dataclasses.replace(half, external_discount_minor=1)
    by_hand = dataclasses.replace(half, manual_discount_minor=1)
    assert positions(kilo, half, cheaper, cut, by_hand, half) == [[3], [2], [6], [5], [4], [1]]
    assert [each.units for each in canonical_lines(numbered(kilo, half))] == [1, 1]


def test_canonical_lines_stand_by_their_attributes() -> None:
    """By sku, then price, barcode and so on; a weighed line after its like."""
    assert positions(
        line("b", 50),
        line("a", 100, weighed=True),
        line("a", 100, barcode="2"),
        line("a", 100),
        line("a", 90, barcode="9"),
        line("a", 100, kind=LineKind.SERVICE),
        line("a", 100, kind=LineKind.DELIVERY),
    ) == [[5], [7], [4], [2], [6], [3], [1]]


@pytest.mark.parametrize(
    ("fields", "floor", "room"),
    [
        ({}, 0, 1_000),
        ({"min_price_minor": 300}, 450, 550),
        ({"min_price_minor": 333}, 499, 501),
        ({"min_price_minor": 900}, 1_350, 0),
        ({"no_discount": True}, 0, 0),
        ({"external_discount_minor": 400, "min_price_minor": 300}, 450, 150),
    ],
)
def test_a_price_falls_to_the_floor_and_not_further(fields: Doc, floor: int, room: int) -> None:
    """The floor is rounded down; a line that takes no discount has no room."""
    (only,) = canonical_lines([line("a", 667, 1_500, amount_minor=1_000, **fields)])
    assert (only.floor_minor, only.room_minor) == (floor, room)


def test_a_line_is_reduced_below_its_amount() -> None:
    """By whatever discount: external, by hand, or ours."""
    (plain,) = canonical_lines([line("a", 100)])
    (external,) = canonical_lines([line("a", 100, external_discount_minor=1)])
    assert not plain.reduced
    assert external.reduced
    plain.current_minor -= 1
    assert plain.reduced


# --- Discounts by hand ----------------------------------------------------------------------------

PERMISSIONS = [{"code": "clerk", "rate_bp": 1_000}, {"code": "boss", "rate_bp": 10_000}]


def program(cap: Doc | None = None, *, in_cap: bool = True) -> CompiledProgram:
    """A program with two permissions."""
    document = Program.model_validate(
        {
            "code": "club",
            "name": "Club",
            "currencies": [{"code": "points", "name": "Points"}],
            "lanes": [{"code": "off", "phase": "discount"}],
            "discount_cap": cap or {},
            "manual_discounts": {"permissions": PERMISSIONS, "in_cap": in_cap},
        }
    )
    return CompiledProgram(document, catalogue())


def granted(case: Case, club: CompiledProgram) -> list[tuple[int, CutBy | None]]:
    """What each line was granted by hand, and what cut it."""
    cuts = grant_manual(club, case)
    left = list(cuts)
    found = []
    for each in case.lines:
        cut = None
        if each.manual_discount_minor < each.manual_wanted_minor:
            cut = left.pop(0)
            assert cut == Cut(
                "", "", cut.by, "", each.manual_wanted_minor, each.manual_discount_minor
            )
        found.append((each.manual_discount_minor, cut.by if cut is not None else None))
    assert not left
    return found


@pytest.mark.parametrize(
    ("permission", "fields", "given", "by"),
    [
        ("clerk", {"manual_discount_minor": 100}, 100, None),
        ("clerk", {"manual_discount_minor": 101}, 100, CutBy.MAXIMUM),
        ("clerk", {"price": 999, "manual_discount_minor": 100}, 99, CutBy.MAXIMUM),
        ("", {"manual_discount_minor": 1}, 0, CutBy.MAXIMUM),
        ("nobody", {"manual_discount_minor": 1}, 0, CutBy.MAXIMUM),
        ("boss", {"manual_discount_minor": 1_000}, 1_000, None),
        ("boss", {"manual_discount_minor": 700, "min_price_minor": 300}, 700, None),
        ("boss", {"manual_discount_minor": 701, "min_price_minor": 300}, 700, CutBy.FLOOR),
        (
            "boss",
            {"manual_discount_minor": 600, "external_discount_minor": 200, "min_price_minor": 300},
            500,
            CutBy.FLOOR,
        ),
        ("boss", {"manual_discount_minor": 5, "min_price_minor": 2_000}, 0, CutBy.FLOOR),
        ("clerk", {"manual_discount_minor": 150, "min_price_minor": 950}, 50, CutBy.FLOOR),
        ("boss", {"manual_discount_minor": 5, "no_discount": True}, 0, CutBy.MAXIMUM),
        ("boss", {"manual_discount_minor": 5, "kind": LineKind.DELIVERY}, 0, CutBy.MAXIMUM),
        ("boss", {"manual_discount_minor": 5, "kind": LineKind.SERVICE}, 5, None),
    ],
)
def test_a_discount_by_hand_is_granted_as_far_as_it_fits(
    permission: str, fields: Doc, given: int, by: CutBy | None
) -> None:
    """The permission's rate of the line, then the floor; what cut last is named."""
    case = case_of(line("a", **fields), manual_permission=permission)
    assert granted(case, program()) == [(given, by)]
    (only,) = case.lines
    assert only.start_minor == only.amount_minor - only.external_discount_minor - given
    assert only.current_minor == only.opened_minor == only.start_minor
    floor = only.floor_minor
    assert only.room_minor == (0 if only.no_discount else max(only.start_minor - floor, 0))


@pytest.mark.parametrize(
    ("cap", "in_cap", "expected"),
    [
        (
            {"amount_minor": 120},
            True,
            [(50, CutBy.CAP), (20, CutBy.CAP), (0, None)],
        ),
        ({"amount_minor": 120}, False, [(100, None), (40, CutBy.MAXIMUM), (0, None)]),
        ({"amount_minor": 190}, True, [(100, None), (40, CutBy.MAXIMUM), (0, None)]),
        ({"amount_minor": 50}, True, [(0, CutBy.CAP), (0, CutBy.CAP), (0, None)]),
        ({"amount_minor": 40}, True, [(0, CutBy.CAP), (0, CutBy.CAP), (0, None)]),
        ({"rate_bp": 800}, True, [(50, CutBy.CAP), (20, CutBy.CAP), (0, None)]),
    ],
)
def test_the_cap_bounds_discounts_by_hand_if_the_program_says_so(
    cap: Doc, in_cap: bool, expected: list[tuple[int, CutBy | None]]
) -> None:
    """External discounts use it up first; what is left is spread by what the rest allowed."""
    case = case_of(
        line("a", 1_000, manual_discount_minor=100),
        line("b", 400, manual_discount_minor=60),
        line("c", 100, external_discount_minor=50),
        manual_permission="clerk",
    )
    assert granted(case, program(cap, in_cap=in_cap)) == expected


@pytest.mark.parametrize(
    ("cap", "in_cap", "left"),
    [
        ({}, True, 1_200),
        ({}, False, 1_300),
        ({"rate_bp": 2_000}, True, 80),
        ({"rate_bp": 2_000, "amount_minor": 250}, True, 50),
        ({"rate_bp": 2_000, "amount_minor": 250}, False, 150),
        ({"amount_minor": 150}, True, 0),
        ({"amount_minor": 50}, False, 0),
    ],
)
def test_what_the_cap_leaves_for_ours(cap: Doc, in_cap: bool, left: int) -> None:
    """The lesser bound less external discounts, less those by hand if they count; no delivery."""
    case = case_of(
        line("a", 1_000, manual_discount_minor=100),
        line("b", 400, external_discount_minor=100),
        delivery(500),
        manual_permission="clerk",
    )
    club = program(cap, in_cap=in_cap)
    case.lines[0].grant_manually(100)
    assert cap_left_minor(club, case) == left


# --- Back to the till's lines ---------------------------------------------------------------------


def test_shares_go_back_in_order_of_position() -> None:
    """By hand as it was asked, ours by what is left, value by what is then to pay."""
    lines = numbered(
        line("a", 100, 2_000, manual_discount_minor=20, min_price_minor=50),
        line("b", 10),
        line("a", 100, 1_000, external_discount_minor=50, min_price_minor=50),
    )
    merged = canonical_lines(lines)[0]
    merged.grant_manually(15)
    merged.current_minor -= 80
    merged.points_value_minor = 31
    first, second = merged.shares()
    assert (first.position, second.position) == (1, 3)
    assert (first.manual_discount_minor, second.manual_discount_minor) == (15, 0)
    assert (first.discount_minor, second.discount_minor) == (80, 0)
    assert (first.points_value_minor, second.points_value_minor) == (21, 10)


amounts = st.integers(0, 300)


@st.composite
def equal_lines(draw: st.DrawFn) -> list[Line]:
    """Several lines that merge, each with its own quantities and discounts."""
    price, floor = draw(amounts), draw(st.integers(0, 120))
    lines = []
    for _ in range(draw(st.integers(1, 5))):
        one = line("a", price, draw(st.integers(1, 4_000)), min_price_minor=floor)
        external = draw(st.integers(0, one.amount_minor))
        manual = draw(st.integers(0, one.amount_minor - external))
        lines.append(
            dataclasses.replace(one, external_discount_minor=external, manual_discount_minor=manual)
        )
    return lines


@given(equal_lines(), st.integers(0, 1_000), st.integers(0, 1_000), st.integers(0, 10_000))
def test_shares_sum_up_and_keep_within_each_line(
    lines: list[Line], part: int, spent: int, rate_bp: int
) -> None:
    """Whatever was granted comes back whole, and no till line is paid less than nothing."""
    club = program()
    permission = {"boss": rate_bp}
    club.manual_rates_bp = permission
    case = case_of(*lines, manual_permission="boss")
    grant_manual(club, case)
    (merged,) = case.lines
    merged.current_minor -= merged.room_minor * part // 1_000
    merged.points_value_minor = merged.current_minor * spent // 1_000
    shares = merged.shares()
    assert [share.position for share in shares] == list(range(1, len(lines) + 1))
    assert sum(s.manual_discount_minor for s in shares) == merged.manual_discount_minor
    assert sum(s.discount_minor for s in shares) == merged.start_minor - merged.current_minor
    assert sum(s.points_value_minor for s in shares) == merged.points_value_minor
    for share, sent in zip(shares, lines, strict=True):
        floor = sent.min_price_minor * sent.quantity_milli // 1_000
        ours = share.manual_discount_minor + share.discount_minor
        left = share.amount_minor - share.external_discount_minor - ours
        assert left >= share.points_value_minor >= 0
        assert ours == 0 or left >= floor
