"""What a generator asks for, and whether an answer is the one that is wanted.

An answer is right when it has every line of its purchase and every campaign that is to apply: one
that lacks a campaign is lighter than what is measured elsewhere, and makes a run void.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from checkout.client.messages import (
    STATUS_OK,
    ConfirmRequest,
    ConfirmResponse,
    QuoteRequest,
    QuoteResponse,
    Receipt,
)
from loadtests.service import world
from loadtests.service.messages_file import read_messages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: In a folder: receipts that are sold instead of the bench's own, and what was answered to each.
BASKETS_FILE: Final = "baskets.bin"
ANSWERS_FILE: Final = "answers.bin"


class Wanted(NamedTuple):
    """What an answer has to say of its purchase."""

    lines: int
    #: Codes of campaigns that apply; others may, too.
    campaigns: frozenset[str]


class Requests:
    """Makes calls: quotes of a few members again and again, confirms of all members in turn.

    Sales are numbered from `first` on: each run begins where no other one has sold.
    """

    def __init__(
        self, prefix: str, members: int, *, first: int = 0, lines: int = world.LINES
    ) -> None:
        self._prefix = prefix
        self._numbers = itertools.count(first)
        self._members = members
        self._receipt = world.receipt(world.card_of(0), lines)
        self._wanted = Wanted(lines, world.expected_campaigns())

    def quotes(self) -> list[QuoteRequest]:
        quotes = []
        for number in range(min(self._members, world.ASKED_FOR_MAX)):
            self._receipt.identifier.card = world.card_of(number)
            quotes.append(QuoteRequest(purchase_id=quoted_name(number), receipt=self._receipt))
        return quotes

    def wanted(self, purchase_id: str) -> Wanted | None:
        """What the answer to a purchase has to say; of one that nobody asked for nothing."""
        del purchase_id
        return self._wanted

    def confirm(self) -> ConfirmRequest:
        name = self._next_sale()
        return ConfirmRequest(request_id=name, purchase_id=name, receipt=self._receipt)

    def quote_with_hold(self) -> QuoteRequest:
        name = self._next_sale()
        return QuoteRequest(
            request_id=f"{name}-hold", purchase_id=name, receipt=self._receipt, hold=True
        )

    def confirm_held(self, held: QuoteRequest, answer: QuoteResponse) -> ConfirmRequest:
        """The sale that a hold was made for."""
        return ConfirmRequest(
            request_id=held.purchase_id,
            purchase_id=held.purchase_id,
            receipt=held.receipt,
            quote_token=answer.quote_token,
        )

    def _next_sale(self) -> str:
        """The name of another sale; the receipt is of another member."""
        number = next(self._numbers)
        self._receipt.identifier.card = world.card_of(self._member(number))
        return f"{self._prefix}{number}"

    def _member(self, number: int) -> int:
        """One sale in five is of the first hundredth of the members, the others are spread."""
        if number % 5 == 0:
            return number * 7_919 % max(self._members // 100, 1)
        return number * 7_919 % self._members


class RealRequests(Requests):
    """Makes calls of real baskets: each is quoted, and sold to its member, again and again.

    Of the campaigns that applied when a basket was first quoted those are wanted that gave a
    discount: how many points there are depends on how many were paid with before.
    """

    def __init__(
        self,
        prefix: str,
        receipts: Sequence[Receipt],
        answers: Sequence[QuoteResponse],
        *,
        first: int = 0,
    ) -> None:
        super().__init__(prefix, len(receipts), first=first)
        self._receipts = receipts
        self._wanted_of = [
            Wanted(
                len(receipt.lines),
                frozenset(each.code for each in answer.outcome.applied if each.discount_minor),
            )
            for receipt, answer in zip(receipts, answers, strict=True)
        ]
        #: Of all that was asked for: baskets are of all sizes, and an answer names its purchase.
        self._asked: dict[str, Wanted] = {}

    @classmethod
    def read(cls, prefix: str, folder: Path, *, first: int) -> Self:
        """Of the baskets of a folder.

        Raises:
            ValueError: there are none, or not as many answers.
        """
        return cls(
            prefix,
            read_messages(folder / BASKETS_FILE, Receipt),
            read_messages(folder / ANSWERS_FILE, QuoteResponse),
            first=first,
        )

    def quotes(self) -> list[QuoteRequest]:
        quotes = []
        for number, receipt in enumerate(self._receipts):
            quotes.append(QuoteRequest(purchase_id=quoted_name(number), receipt=receipt))
            self._asked[quotes[-1].purchase_id] = self._wanted_of[number]
        return quotes

    def wanted(self, purchase_id: str) -> Wanted | None:
        return self._asked.get(purchase_id)

    def _next_sale(self) -> str:
        number = next(self._numbers)
        basket = number % len(self._receipts)
        self._receipt = self._receipts[basket]
        name = f"{self._prefix}{number}"
        self._asked[name] = self._wanted_of[basket]
        return name


def quoted_name(number: int) -> str:
    """The purchase as which the receipt of a number is quoted, again and again."""
    return f"bench{number}"


def is_right(kind: str, body: bytes, requests: Requests) -> bool:
    """Whether an answer says what it should: all lines, no others, and all campaigns."""
    answer: Any = QuoteResponse() if kind.startswith("quote") else ConfirmResponse()
    answer.MergeFromString(body)
    wanted = requests.wanted(answer.purchase_id)
    return (
        wanted is not None
        and answer.status == STATUS_OK
        and len(answer.outcome.lines) == wanted.lines
        and wanted.campaigns <= {each.code for each in answer.outcome.applied}
    )
