"""Copies of a template: the same member again, under ids, names, cards and buckets of its own."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from checkout.ledger.book import key_bucket
from checkout.primitives import bucket_of, bucket_of_uuid

if TYPE_CHECKING:
    from collections.abc import Callable

    from loaders.growth.template import Rows, Template

#: Whose bucket is that of their own key.
_BY_KEY: Final = {"purchase_key": "purchase_id", "request_key": "request_id"}


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
        if rows.table == "identifier":
            row["digest"] = self._digest(row["partner_id"], card)
            row["bucket"] = bucket_of(row["digest"])
            row["masked"] = f"…{card[-4:]}"
        return tuple(row.values())

    def _replaced(self, document: bytes, texts: dict[bytes, bytes]) -> bytes:
        return self._old.sub(lambda found: texts[found[0]], document)
