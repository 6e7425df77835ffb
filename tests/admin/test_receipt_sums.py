"""What a receipt's page shows adds up, to the kopeck, to what the till was told and what it took.

Every figure is read off the page, as somebody with a pencil would.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from admin.permissions import Role
from checkout.v1.receipt_pb2 import Settlement, Tender
from tests.service import world
from tests.service.office import login_of
from tests.service.till import line, receipt, shown

if TYPE_CHECKING:
    from checkout.v1 import outcome_pb2
    from tests.service.office import Office
    from tests.service.running import Service

_ROW: Final = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL: Final = re.compile(r'<td[^>]*data-label="([^"]+)"[^>]*>(.*?)</td>', re.DOTALL)
_SUM: Final = re.compile(r"<dt>(.*?)</dt><dd>(.*?)</dd>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]+>")
#: With the sign of money, or the points' name, behind it.
_AMOUNT: Final = re.compile(r"([+−]?)([\d,]+)\.(\d\d)(?:\u00a0\S+)?")
#: A reason: what was taken off, or earned, and by what.
_OFF: Final = re.compile(r"<span>−([\d,.]+) ([^<]+?)\s*<(?:small|/span)")
_EARNED: Final = re.compile(r"<span>\+([\d,.]+)\u00a0Points ([^<]+?)\s*<(?:small|/span)")
_TAKEN: Final = ("Discount", "Paid with points", "Certificates")
_OF_TILL: Final = "Discount of the till"
_WHY: Final = "Discounts and points"


def minor(cell: str) -> int:
    """The amount in a cell in minor units, below 0 if it is taken off; of an empty cell 0."""
    text = _TAG.sub("", cell).strip()
    if not text:
        return 0
    found = _AMOUNT.fullmatch(text)
    assert found is not None, text
    amount = int(found[2].replace(",", "") + found[3])
    return -amount if found[1] == "−" else amount


def table(page: str, heading: str) -> list[dict[str, str]]:
    """The rows of the table below a heading: cells by the name of their column."""
    below = page.partition(f">{heading}</h2>")[2].partition("</table>")[0]
    rows = [dict(_CELL.findall(row)) for row in _ROW.findall(html.unescape(below))]
    return [row for row in rows if row]


async def sell(desk: Office, service: Service) -> outcome_pb2.Outcome:
    """All that can be taken off a sale is taken off one; paid as it was quoted."""
    rounded = {"to_minor": 100, "nearest": True, "always": True}
    await world.put_program(desk.database, world.NORTH, world.program(cash_rounding=rounded))
    await service.operator().publish()
    await service.workers[0].follower.step()
    (code,) = await service.operator().issue_certificates("gift", 1, activate=True)
    weighed = {"quantity_milli": 1_500, "amount_minor": 50_00, "external_discount_minor": 1_00}
    sale = receipt(
        line("apple", 33_33, quantity_milli=2_000),
        line("bread", 100_10, position=2),
        line("soap", 40_21, position=3),
        line("towel", 33_33, position=4, **weighed),
        card=world.CARD,
        coupons=[world.COUPON],
        points_minor=30_00,
        certificates=shown(code, at_most=50_00),
    )
    quote = await service.till().quote("all", sale)
    tenders = [Tender(kind="cash", amount_minor=quote.outcome.payable_minor)]
    sold = await service.till().confirm(
        "all",
        sale,
        quote_token=quote.quote_token,
        settlement=Settlement(receipt_number="4711", tenders=tenders),
    )
    assert sold.outcome == quote.outcome
    return sold.outcome


def see_line(row: dict[str, str], one: outcome_pb2.OutcomeLine) -> None:
    """A row of the lines adds up, and is what the till was told of its line."""
    discount_minor = one.external_discount_minor + one.manual_discount_minor + one.discount_minor
    told = {
        "Amount": one.amount_minor,
        "Discount": -discount_minor,
        "Paid with points": -one.points_value_minor,
        "Certificates": -one.certificates_minor,
        "To pay": one.payable_minor,
        "Points earned": one.points_earned_minor,
    }
    assert {name: minor(row[name]) for name in told} == told
    assert minor(row["Amount"]) + sum(minor(row[name]) for name in _TAKEN) == minor(row["To pay"])
    price = minor(row["Price"]) * Decimal(row["Quantity"])
    assert abs(price - minor(row["Amount"])) < 1


def see_reasons(why: dict[str, str], row: dict[str, str]) -> tuple[Counter[str], Counter[str]]:
    """The row that says why adds up and agrees with its line; discounts and points by campaign."""
    off = Counter({name: minor(amount) for amount, name in _OFF.findall(why[_WHY])})
    earned = Counter({name: minor(amount) for amount, name in _EARNED.findall(why[_WHY])})
    same = ("Amount", "Paid with points", "Certificates", "To pay")
    assert {name: minor(why[name]) for name in same} == {name: minor(row[name]) for name in same}
    assert (-off.total(), earned.total()) == (minor(row["Discount"]), minor(row["Points earned"]))
    return off, earned


async def test_rows_and_sums_are_those_of_the_till(desk: Office, service: Service) -> None:
    """Lines, reasons, sums, the tender and the member's page: each adds up, and all agree."""
    told = await sell(desk, service)
    clerk = await desk.signed_in(login_of(Role.CALL_CENTRE))
    led = await clerk.get("/receipt/list?purchase_id=all")
    page = (await clerk.get(led.headers["location"])).text
    lines, reasons = table(page, "Lines"), table(page, "Why so")
    off: Counter[str] = Counter()
    earned: Counter[str] = Counter()
    for row, why, one in zip(lines, reasons, told.lines, strict=True):
        see_line(row, one)
        for by_campaign, more in zip((off, earned), see_reasons(why, row), strict=True):
            by_campaign.update(more)
    assert off.pop(_OF_TILL) == told.external_discount_minor == 1_00
    assert off == {one.name: one.discount_minor for one in told.applied if one.discount_minor}
    assert {*off} == {f"Name of {code}" for code in ("fruit", "bread", "soap", "spring")}
    assert earned == {one.name: one.points_minor for one in told.applied if one.points_minor}

    below = page.partition(">Sums</h2>")[2].partition("</dl>")[0]
    sums = {_TAG.sub("", name): minor(amount) for name, amount in _SUM.findall(below)}
    points = [sums.pop(f"Points {done}") for done in ("earned", "spent")]
    assert points == [told.points_earned_minor, told.redemption.points_minor]
    assert points == [earned.total(), 30_00]
    payable_minor, rounding_minor = sums.pop("To pay"), sums.pop("Rounding")
    assert sums == {
        "Amount": told.amount_minor,
        _OF_TILL: -told.external_discount_minor,
        "Discount": -told.discount_minor,
        "Paid with points": -told.points_value_minor,
        "Certificates": -told.certificates_minor,
    }
    assert (told.points_value_minor, told.certificates_minor) == (30_00, 50_00)
    assert (payable_minor, rounding_minor) == (told.payable_minor, -told.rounding_minor)
    assert rounding_minor > 0, "the nearest coin lies above"
    left_minor = sum(minor(row["To pay"]) for row in lines)
    assert sum(sums.values()) == left_minor == payable_minor - rounding_minor
    for name in ("Amount", "Paid with points", "Certificates"):
        assert sum(minor(row[name]) for row in lines) == sums[name], name
    tenders = page.partition(">Tenders</h2>")[2].partition("<h2")[0].split('class="number">')[1:]
    assert [minor(one.partition("</span>")[0]) for one in tenders] == [payable_minor]

    address = re.search(r'"(/member/details/[^"]+)"', page)
    assert address is not None
    (row,) = table((await clerk.get(address[1])).text, "Receipts")
    assert {name: minor(row[name]) for name in ("Amount", "Discount", "To pay")} == {
        "Amount": sums["Amount"],
        "Discount": -sums["Discount"] - sums[_OF_TILL],
        "To pay": payable_minor,
    }
    assert [minor(row[f"Points {done}"]) for done in ("earned", "spent")] == points
