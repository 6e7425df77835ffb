"""What sales and returns did to certificates, coupons and gifts, against the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tests.service.world import NORTH

if TYPE_CHECKING:
    from asyncpg import Connection

    from tests.faults.journal import Call
    from tests.faults.matching import Comparison

_SALE: Final = "join receipt r on r.selling_partner_id = $1 and r.receipt_id"
_RETURN: Final = "join return_receipt b on b.partner_id = $1 and b.return_receipt_id"


class Moved(NamedTuple):
    """Something that a sale or a return moves."""

    #: How much, as its answer says; 0: nothing.
    said: Callable[[Any], int]
    #: Purchase or return, and how much.
    rows: str


OF_SALES: Final = {
    "paid with a certificate:": Moved(
        lambda answer: sum(each.paid_minor for each in answer.outcome.certificates),
        f"select r.purchase_id, -e.amount from certificate_entry e {_SALE} = e.receipt_id"
        " where e.against = 'spent'",
    ),
    "certificate sold:": Moved(
        lambda answer: sum(each.face for each in answer.certificates),
        f"select r.purchase_id, e.amount from certificate_entry e {_SALE} = e.receipt_id"
        " where e.against = 'sold'",
    ),
    "coupon used:": Moved(
        lambda answer: sum(each.used_up for each in answer.outcome.coupons if each.series),
        f"select r.purchase_id, u.uses from coupon_use u {_SALE} = u.receipt_id",
    ),
    "coupons issued:": Moved(
        lambda answer: len(answer.coupons_issued),
        f"select r.purchase_id, count(*) from coupon c {_SALE} = c.issued_by"
        " where c.campaign_code <> '' group by 1",
    ),
    "gift:": Moved(
        lambda answer: sum(
            each.count for each in answer.outcome.issued if each.kind == "give_gift"
        ),
        f"select r.purchase_id, -g.count from gift_entry g {_SALE} = g.moved_by",
    ),
}
OF_RETURNS: Final = {
    "paid back to a certificate:": Moved(
        lambda answer: answer.returned.certificates_minor,
        f"select b.return_id, e.amount from certificate_entry e {_RETURN} = e.receipt_id"
        " where e.against = 'spent'",
    ),
    "gift brought back:": Moved(
        lambda answer: sum(each.count for each in answer.returned.gifts_back),
        f"select b.return_id, g.count from gift_entry g {_RETURN} = g.moved_by",
    ),
}
#: Each of them may be used once, and again when all of a sale has come back.
_OVERUSED: Final = (
    "select coupon_id::text, sum(uses) as uses from coupon_use where partner_id = $1 group by 1"
    " having sum(uses) not in (0, 1)"
)


async def compare_codes(
    sales: list[Call],
    returns: list[Call],
    unsure: set[str],
    database: Connection[Any],
    found: Comparison,
) -> None:
    """`sales` and `returns` are those that were done; `unsure` are ids of what nobody knows."""
    for what, moved in OF_SALES.items():
        told = {call.purchase_id: amount for call in sales if (amount := moved.said(call.answer))}
        found.match(what, told, map(tuple, await database.fetch(moved.rows, NORTH)), unsure)
    for what, moved in OF_RETURNS.items():
        told = {call.return_id: amount for call in returns if (amount := moved.said(call.answer))}
        found.match(what, told, map(tuple, await database.fetch(moved.rows, NORTH)), unsure)
    found.duplicated += [
        f"coupon {row['coupon_id']}: used {row['uses']} times"
        for row in await database.fetch(_OVERUSED, NORTH)
    ]
