"""Gifts of a sale: what its facts say is left, what its outcome takes, and what is not there."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from checkout.engine.evaluate import evaluate
from checkout.flows.gift_answers import GiftBack
from checkout.flows.returned_shares import gift_of
from checkout.flows.sale_facts import dump_facts, load_facts
from checkout.flows.sameness import paid_hash
from checkout.ledger.gifts import GiftClaim, gift_claims_of, give_back_gift

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from uuid import UUID

    from checkout.engine.compiled import CompiledProgram
    from checkout.engine.outcome import Issued, Outcome
    from checkout.engine.receipt import Receipt
    from checkout.flows.final_sale import Priced
    from checkout.flows.returned_shares import Returned
    from checkout.ledger.book import Book
    from checkout.ledger.gift_rows import GiftEntry, GiftRef, GiftStock
    from checkout.ledger.rows import Hold
    from checkout.ledger.sale_book import SaleBook


def gifts_left(
    stocks: Mapping[GiftRef, GiftStock], partner_id: UUID, gifts: Iterable[str], freed: Hold | None
) -> dict[str, int]:
    """How many of these gifts can be given; what `freed` sets aside counts as left."""
    kept = Counter[str]()
    if freed is not None:
        for claim in gift_claims_of(freed):
            kept[claim.gift] += claim.count
    found = {gift: stocks.get((partner_id, gift)) for gift in gifts}
    return {
        gift: stock.left + kept[gift] if stock is not None else 0 for gift, stock in found.items()
    }


def gift_claims(issued: Iterable[Issued], program: CompiledProgram) -> tuple[GiftClaim, ...]:
    """What an outcome gives of the program's gifts, each campaign's of a gift together."""
    counts = Counter[tuple[str, str]]()
    for each in issued:
        if each.kind == "give_gift" and each.code in program.gifts:
            counts[each.code, each.campaign] += each.count
    return tuple(
        GiftClaim(campaign, gift, count, program.gifts[gift].is_counted)
        for (gift, campaign), count in sorted(counts.items())
    )


def gifts_back(sale: SaleBook, had: Returned, has: Returned) -> list[GiftBack]:
    """What the customer has to bring along of the gifts of a sale.

    `had` and `has` say how much has come back, before a return and after it.
    """
    return [
        GiftBack(gift=given.gift_code, count=count) for given, count in _given_back(sale, had, has)
    ]


def give_back_gifts(book: Book, sale: SaleBook, had: Returned, has: Returned, by: UUID) -> None:
    """They go back into their stocks; `by` is the return."""
    for given, count in _given_back(sale, had, has):
        give_back_gift(book, given, count, by)


def _given_back(sale: SaleBook, had: Returned, has: Returned) -> Iterator[tuple[GiftEntry, int]]:
    for given in sale.gifts:
        gift = gift_of("give_gift", given.campaign_code, given.gift_code)
        count = has.taken_back(gift, -given.count) - had.taken_back(gift, -given.count)
        if count:
            yield given, count


def as_gifts_last(priced: Priced, receipt: Receipt, left: Mapping[str, int]) -> Priced:
    """A price that was held before, with the gifts of it that are still there.

    Nothing is paid otherwise for a gift that is not.
    """
    wanted = Counter[str]()
    for claim in gift_claims(priced.outcome.issued, priced.compiled(receipt.store)):
        wanted[claim.gift] += claim.count if claim.is_counted else 0
    if all(count <= left.get(gift, 0) for gift, count in wanted.items()):
        return priced
    facts = load_facts(priced.facts)
    facts.gifts_left = dict(left)
    outcome: Outcome = evaluate(priced.snapshot, facts, receipt)
    assert paid_hash(outcome) == paid_hash(priced.outcome), "gifts cost nothing"
    return replace(priced, facts=dump_facts(facts), outcome=outcome)
