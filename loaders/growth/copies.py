"""Copies of a template: the same member again, under ids, names, cards and buckets of its own."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from checkout.flows.answers import ConfirmAnswer, load_answer
from checkout.flows.sale import (
    Caller,
    PresentedIdentifier,
    Sale,
    load_content,
    load_settlement,
)
from checkout.flows.sameness import call_hash, paid_hash, sale_text, text_hash
from checkout.ledger.book import key_bucket
from checkout.primitives import bucket_of, bucket_of_uuid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loaders.growth.template import Template

_NOBODY: Final = UUID(int=0)
#: Whose bucket is that of their own key.
_BY_KEY: Final = {"purchase_key": "purchase_id", "request_key": "request_id"}
_BUCKETS: Final = ("bucket", "home_bucket", "member_bucket")
#: Documents that are kept as bytes.
_DOCUMENTS: Final = frozenset({"answer", "content", "facts"})


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
        old = re.compile(b"(" + b"|".join(re.escape(old.encode()) for old in olds) + b")")
        self._moulds = {
            rows.table: [_Mould(template, rows.columns, record, old) for record in rows.records]
            for rows in template.rows
        }
        self._places = {
            rows.table: {column: place for place, column in enumerate(rows.columns)}
            for rows in template.rows
        }
        self._sent = dict(_sent(template))
        self._quoted = dict(_quoted(template))

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
        copies = {
            table: [mould.cast(ids, names, texts, bucket) for mould in moulds]
            for table, moulds in self._moulds.items()
        }
        self._put_keys(copies, card)
        return {table: [tuple(row) for row in rows] for table, rows in copies.items()}

    def _put_keys(self, copies: dict[str, list[list[Any]]], card: str) -> None:
        """What follows from the card and from keys: digests, hashes, buckets of their own."""
        for table, key in _BY_KEY.items():
            at = self._places[table]
            for row in copies[table]:
                row[at["bucket"]] = key_bucket(row[at["partner_id"]], row[at[key]])
        at = self._places["purchase_key"]
        for row, mould in zip(copies["purchase_key"], self._moulds["purchase_key"], strict=True):
            before, between, after = self._sent[mould.record[at["purchase_id"]]]
            shown = self._digest(row[at["partner_id"]], card).hex().encode()
            purchase = row[at["purchase_id"]].encode()
            row[at["content_hash"]] = text_hash(before + shown + between + purchase + after)
        at = self._places["request_key"]
        asked_for = self._places["purchase_key"]
        said = {
            row[asked_for["purchase_id"]]: row[asked_for["content_hash"]]
            for row in copies["purchase_key"]
        }
        for row, mould in zip(copies["request_key"], self._moulds["request_key"], strict=True):
            quoted = self._quoted[mould.record[at["request_id"]]]
            row[at["content_hash"]] = call_hash(said[row[at["purchase_id"]]].hex(), quoted)
        at = self._places["identifier"]
        for row in copies["identifier"]:
            digest = self._digest(row[at["partner_id"]], card)
            row[at["digest"]] = digest
            row[at["bucket"]] = bucket_of(digest)
            row[at["masked"]] = f"…{card[-4:]}"


class _Mould:
    """A row of the template, looked through once for what a copy has of its own.

    Millions of copies are made of a few rows, and a row holds documents of ten kilobytes.
    """

    __slots__ = ("_buckets", "_documents", "_ids", "_names", "record")

    def __init__(
        self,
        template: Template,
        columns: tuple[str, ...],
        record: tuple[Any, ...],
        old: re.Pattern[bytes],
    ) -> None:
        self.record = record
        places = {column: place for place, column in enumerate(columns)}
        self._buckets = [places[each] for each in _BUCKETS if each in places]
        self._ids: list[tuple[int, UUID]] = []
        self._names: list[tuple[int, str]] = []
        # The place, the document cut at old names (every other piece is one), whether it is text.
        self._documents: list[tuple[int, list[bytes], bool]] = []
        for column, place in places.items():
            match record[place]:
                case UUID() as value if value in template.ids:
                    self._ids.append((place, value))
                case str() as value if value in template.names:
                    self._names.append((place, value))
                case str() as value if value.startswith("{"):
                    self._documents.append((place, old.split(value.encode()), True))
                case bytes() as value if column in _DOCUMENTS:
                    self._documents.append((place, old.split(value), False))

    def cast(
        self,
        ids: dict[UUID, UUID],
        names: dict[str, str],
        texts: dict[bytes, bytes],
        bucket: int,
    ) -> list[Any]:
        """The row of a copy, but for what its card and its keys decide."""
        row = list(self.record)
        for place, old_id in self._ids:
            row[place] = ids[old_id]
        for place, name in self._names:
            row[place] = names[name]
        for place, pieces, is_text in self._documents:
            document = pieces.copy()
            document[1::2] = [texts[old] for old in pieces[1::2]]
            whole = b"".join(document)
            row[place] = whole.decode() if is_text else whole
        for place in self._buckets:
            row[place] = bucket
        return row


def _sent(template: Template) -> Iterator[tuple[str, tuple[bytes, ...]]]:
    """Of each purchase what is hashed of it, around the digest of the card and its own name."""
    for row in _rows_of(template, "receipt"):
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


def _quoted(template: Template) -> Iterator[tuple[str, str]]:
    """Of each call that sold the price that had been quoted, as it is hashed, or nothing."""
    said = {
        row["purchase_id"]: row["content_hash"].hex() for row in _rows_of(template, "purchase_key")
    }
    paid = {}
    for row in _rows_of(template, "receipt"):
        answer = load_answer(row["answer"])
        assert isinstance(answer, ConfirmAnswer), "a receipt's answer is that of its confirm"
        assert answer.outcome is not None, "a confirmed sale has an outcome"
        paid[row["purchase_id"]] = paid_hash(answer.outcome).hex()
    for row in _rows_of(template, "request_key"):
        name = row["purchase_id"]
        with_quote = call_hash(said[name], paid[name])
        yield row["request_id"], paid[name] if row["content_hash"] == with_quote else ""


def _rows_of(template: Template, table: str) -> Iterator[dict[str, Any]]:
    rows = next(each for each in template.rows if each.table == table)
    for record in rows.records:
        yield dict(zip(rows.columns, record, strict=True))
