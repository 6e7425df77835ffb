"""SetGiftStock: how many of a counted gift there are, as was counted, or so many more or fewer.

Round trips as of any small operation: keys, the stock's row, its movement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.gift_answers import GiftStockAnswer
from checkout.flows.give_gift import find_gift
from checkout.flows.operation import Decision, Operation
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash
from checkout.ledger.book import ContestedRefs
from checkout.ledger.gifts import set_stock
from checkout.primitives import key_number
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book
    from checkout.ledger.interventions import Cause

#: No stock is larger, and no change of one.
STOCK_MAX = 1_000_000_000


class SetGiftStockOperation(Operation):
    """Set the stock to a number, or (`is_difference`) change it by one."""

    method = "SetGiftStock"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        gift: str,
        number: int,
        is_difference: bool,
        cause: Cause,
    ) -> None:
        content = call_hash(gift, number, is_difference, cause.reason, cause.author)
        super().__init__(partner_id, request_id, content)
        self.gift = gift
        self.number = number
        self.is_difference = is_difference
        self.cause = cause

    def key_numbers(self) -> set[int]:
        """Also that of the stock: the first call makes its row."""
        stock = key_number(b"gift stock", self.partner_id.bytes, self.gift.encode())
        return super().key_numbers() | {stock}

    def contested_refs(self, book: Book, snapshots: Snapshots) -> ContestedRefs:
        del book, snapshots
        return ContestedRefs(gifts={(self.partner_id, self.gift)})

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        found = find_gift(snapshot, self.gift)
        if isinstance(found, Refusal):
            return Decision(found, is_final=False)
        if not found[1].is_counted:
            return Decision(
                Refusal(
                    Reason.FIELD_INVALID,
                    "the rules do not count this gift: it has no stock",
                    "gift",
                ),
                is_final=False,
            )
        ref = (self.partner_id, self.gift)
        known = book.gift_stocks.get(ref)
        before, held = (known.stock, known.held) if known is not None else (0, 0)
        after = before + self.number if self.is_difference else self.number
        if not held <= after <= STOCK_MAX:
            return Decision(
                Refusal(
                    Reason.GIFT_OUT_OF_STOCK,
                    "there are never fewer than holds keep, and not more than can be counted",
                    "difference" if self.is_difference else "counted",
                    {"stock": before, "held": held, "wanted": after, "stock_max": STOCK_MAX},
                ),
                is_final=False,
            )
        # After this point the stock is set.
        stock = set_stock(book, ref, after - before, self.cause)
        return Decision(
            GiftStockAnswer(
                gift=self.gift, stock=stock.stock, held=stock.held, difference=after - before
            ),
            is_final=True,
        )
