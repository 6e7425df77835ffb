"""Copies of a template: the same member again, under ids, names, cards and buckets of its own."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from checkout.flows.sale import (
    Caller,
    PresentedIdentifier,
    Sale,
    load_content,
    load_settlement,
)
from checkout.flows.sameness import sale_text, text_hash
from checkout.ledger.book import key_bucket
from checkout.primitives import bucket_of, bucket_of_uuid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loaders.growth.template import Rows, Template

_NOBODY: Final = UUID(int=0)
#: Whose bucket is that of their own key.
_BY_KEY: Final = {"purchase_key": "purchase_id", "request_key": "request_id"}


#: The card that was shown and, since keys are in order, behind it the name of the purchase.
_OWN: Final = re.compile(
    rb'(.*?"identifier":\["card",")[0-9a-f]+("\].*?"purchase_id":")' + rb'[^"]+(".*)', re.DOTALL
)


class Copier:
    """Makes the rows of copies by number; the same for the same seed."""

    def __init__(self, template: Template, seed: str, digest: Callable[[UUID, str], bytes]) -> None:
        """`digest` is how the service digests a card of a partner."""
        self._template = template
        self._seed = seed
        self._digest = digest
        olds = sorted(map(str, (*template.ids, *template.names)), key=len, reverse=True)
        # In one pass, the longest first: a name may begin with another, and so may a new one.
        self._old = re.compile(b"|".join(re.escape(old.encode()) for old in olds))
        self._sent = dict(_sent(template))

    def copy(self, number: int, card: str) -> dict[str, list[tuple[Any, ...]]]:
        """The rows of one copy, by table.

        `number` tells copies of all templates from each other; `card` is the copy's only card.
        """
        template = self._template
        chance = random.Random(f"{self._seed} {number}")  # noqa: S311 - made up, not secret
        ids = {each: UUID(int=chance.getrandbits(128), version=4) for each in template.ids}
        names = {name: f"{name}-{number}" for name in template.names}
        texts = {str(old).encode(): str(new).encode() for old, new in (ids | names).items()}
        bucket = bucket_of_uuid(ids[template.member_id])
        return {
            rows.table: [
                self._record(rows, record, ids, names, texts, bucket, card)
                for record in rows.records
            ]
            for rows in template.rows
        }

    def _record(
        self,
        rows: Rows,
        record: tuple[Any, ...],
        ids: dict[UUID, UUID],
        names: dict[str, str],
        texts: dict[bytes, bytes],
        bucket: int,
        card: str,
    ) -> tuple[Any, ...]:
        row = dict(zip(rows.columns, record, strict=True))
        for column, value in row.items():
            match value:
                case UUID():
                    row[column] = ids.get(value, value)
                case str() if value in names:
                    row[column] = names[value]
                case str() if value.startswith("{"):
                    row[column] = self._replaced(value.encode(), texts).decode()
                case bytes() if column in {"answer", "content", "facts"}:
                    row[column] = self._replaced(value, texts)
        for column in ("bucket", "home_bucket", "member_bucket"):
            if column in row:
                row[column] = bucket
        if rows.table in _BY_KEY:
            row["bucket"] = key_bucket(row["partner_id"], row[_BY_KEY[rows.table]])
        if rows.table == "purchase_key":
            before, between, after = self._sent[record[rows.columns.index("purchase_id")]]
            shown = self._digest(row["partner_id"], card).hex().encode()
            purchase = row["purchase_id"].encode()
            row["content_hash"] = text_hash(before + shown + between + purchase + after)
        if rows.table == "identifier":
            row["digest"] = self._digest(row["partner_id"], card)
            row["bucket"] = bucket_of(row["digest"])
            row["masked"] = f"…{card[-4:]}"
        return tuple(row.values())

    def _replaced(self, document: bytes, texts: dict[bytes, bytes]) -> bytes:
        return self._old.sub(lambda found: texts[found[0]], document)


def _sent(template: Template) -> Iterator[tuple[str, tuple[bytes, ...]]]:
    """Of each purchase what is hashed of it, around the digest of the card and its own name."""
    receipts = next(rows for rows in template.rows if rows.table == "receipt")
    for record in receipts.records:
        row = dict(zip(receipts.columns, record, strict=True))
        receipt, _ = load_content(row["content"])
        caller = Caller(
            partner_id=row["selling_partner_id"],
            partner_code="",
            store_code=row["store_code"],
            store_id=_NOBODY,
            terminal_code=row["terminal_code"],
            time_zone="",
            terminal_id=_NOBODY,
        )
        sale = Sale(
            caller=caller,
            purchase_id=row["purchase_id"],
            receipt=receipt,
            identifier=PresentedIdentifier("card", bytes(16), ""),
        )
        found = _OWN.fullmatch(sale_text(sale, load_settlement(row["content"])))
        assert found is not None, "it names a card and the purchase"
        yield row["purchase_id"], found.groups()
