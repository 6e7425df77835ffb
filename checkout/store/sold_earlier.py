"""What a batch reads of sales that were made earlier: the rules of then, and what was sold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.ledger import rows
from checkout.ledger.sale_book import SaleBook, SoldContent
from checkout.store import coupon_store, gift_store
from checkout.store.queries import QUERIES

if TYPE_CHECKING:
    from collections.abc import Collection

    from asyncpg import Connection

    from checkout.ledger.book import Book, KeyRefs, PurchaseRef


async def read_publications(connection: Connection[Any], book: Book, refs: KeyRefs) -> None:
    """Fill in what was in force when late receipts were sold."""
    if not refs.publications:
        return
    wanted = sorted(refs.publications)
    found = await connection.fetch(
        QUERIES["read_publications_then"],
        [partner_id for partner_id, _ in wanted],
        [at for _, at in wanted],
    )
    for partner_id, at, snapshot_id in found:
        book.publications[partner_id, at] = snapshot_id


async def read_store_numbers(connection: Connection[Any], book: Book, refs: KeyRefs) -> None:
    """Fill in who has the receipt numbers that are asked for: once they are locked."""
    if not refs.store_numbers:
        return
    wanted = sorted(refs.store_numbers)
    found = await connection.fetch(
        QUERIES["read_store_numbers"], *map(list, zip(*wanted, strict=True))
    )
    for *ref, purchase_id in found:
        book.store_numbers[tuple(ref)] = purchase_id


async def read_sales(
    connection: Connection[Any], book: Book, refs: Collection[PurchaseRef]
) -> None:
    """Fill in the sales of purchases that were confirmed, with what was sent."""
    purchases = (book.purchases.get(ref) for ref in sorted(refs))
    confirmed = [each for each in purchases if each is not None and each.receipt_id]
    if not confirmed:
        return
    record = await connection.fetchrow(
        QUERIES["read_sales"],
        [purchase.home_bucket for purchase in confirmed],
        [purchase.month for purchase in confirmed],
        [purchase.receipt_id for purchase in confirmed],
        [purchase.credit_bucket for purchase in confirmed],
        [purchase.credit_month for purchase in confirmed],
        [purchase.credit_id for purchase in confirmed],
    )
    for *row, store_id, content, facts in record["receipts"] or ():
        sale = SaleBook(*row)
        book.sales[sale.receipt_id] = sale
        book.contents[sale.receipt_id] = SoldContent(store_id, content, facts)
    for receipt_id, posting_id, lot_id, amount in record["movements"] or ():
        book.sales[receipt_id].posting_id = posting_id
        book.sales[receipt_id].movements[lot_id] = amount
    for receipt_id, posting_id, role, currency, amount in record["short"] or ():
        sale = book.sales[receipt_id]
        sale.posting_id = posting_id
        (sale.owed if role == "debt" else sale.written_off)[currency] = amount
    for receipt_id, *row, shared in record["limit_uses"] or ():
        use = rows.LimitUse(*row)
        sale = book.sales[receipt_id]
        sale.limit_uses.append(use)
        if shared:
            sale.shared.add((use.owner_id, use.campaign_code, use.limit_code))
    for receipt_id, *row in record["budget_uses"] or ():
        book.sales[receipt_id].budget_uses.append(rows.BudgetUse(*row))
    coupon_store.fill_sales(book, record)
    gift_store.fill_sales(book, record)
