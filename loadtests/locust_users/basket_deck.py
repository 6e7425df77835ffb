"""Baskets that tills sell, from a file; each is the receipt of a store, dealt again and again."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import zoneinfo
from typing import TYPE_CHECKING

from checkout.client import messages
from loadtests.service.messages_file import read_messages, write_messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def write_baskets(path: Path, baskets: Iterable[tuple[str, messages.Receipt]]) -> None:
    """Write receipts with the stores where they are sold: a quote holds both."""
    write_messages(
        path,
        (messages.QuoteRequest(purchase_id=store, receipt=receipt) for store, receipt in baskets),
    )


class Deck:
    """The baskets of each store, in an order of each till's own."""

    def __init__(self, path: Path, time_zone: str) -> None:
        self._zone = zoneinfo.ZoneInfo(time_zone)
        self._by_store: dict[str, list[messages.Receipt]] = {}
        for quote in read_messages(path, messages.QuoteRequest):
            self._by_store.setdefault(quote.purchase_id, []).append(quote.receipt)

    @property
    def stores(self) -> list[str]:
        """Where there is something to sell."""
        return list(self._by_store)

    def of_till(self, store: str, seed: int) -> Iterator[messages.Receipt]:
        """Baskets without end, as they are sold at this moment."""
        order = list(self._by_store[store])
        random.Random(seed).shuffle(order)  # noqa: S311 - the same for the same seed is meant
        for basket in itertools.cycle(order):
            receipt = messages.Receipt()
            receipt.CopyFrom(basket)
            now = dt.datetime.now(self._zone)
            offset = now.utcoffset() or dt.timedelta()
            receipt.local_time = now.replace(tzinfo=None).isoformat(timespec="seconds")
            receipt.utc_offset_minutes = offset // dt.timedelta(minutes=1)
            yield receipt
