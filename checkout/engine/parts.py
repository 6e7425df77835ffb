"""A snapshot in parts: content-addressed pieces that versions share, and the manifest of them.

A part is the canonical JSON of one campaign, one program, one catalogue shard, the stores, and so
on, under the SHA-256 of its bytes; the manifest lists them, and its own SHA-256 is the snapshot's
id. A change of one campaign makes one new part and a new manifest; a worker compiles only what it
has not compiled before.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson
from pydantic import TypeAdapter

from checkout.engine.catalogue import compile_shard, shard_products
from checkout.engine.compiled import CompiledCampaign
from checkout.engine.compiler import assemble_steps
from checkout.engine.schema.campaign import Campaign
from checkout.engine.schema.program import Program
from checkout.engine.schema.snapshot import (
    SCHEMA_VERSION,
    SEMANTICS,
    Category,
    Chain,
    Partner,
    Product,
    Snapshot,
    Store,
    Words,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from checkout.engine.compiled import CompiledSnapshot

_ADAPTERS: Final[dict[str, TypeAdapter[Any]]] = {
    "partner": TypeAdapter(Partner),
    "program": TypeAdapter(Program),
    "chains": TypeAdapter(tuple[Chain, ...]),
    "stores": TypeAdapter(tuple[Store, ...]),
    "categories": TypeAdapter(tuple[Category, ...]),
    "products": TypeAdapter(tuple[Product, ...]),
    "words": TypeAdapter(Words),
    "campaign": TypeAdapter(Campaign),
}


@dataclass(frozen=True, slots=True)
class PartRef:
    """One line of a manifest."""

    kind: str
    key: str
    part_hash: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot consists of."""

    schema_version: int
    semantics: int
    parts: tuple[PartRef, ...]

    def dump(self) -> bytes:
        """Canonical bytes."""
        return orjson.dumps(
            {
                "schema_version": self.schema_version,
                "semantics": self.semantics,
                "parts": [[part.kind, part.key, part.part_hash] for part in self.parts],
            }
        )

    @property
    def snapshot_id(self) -> str:
        """SHA-256 of the manifest."""
        return content_hash(self.dump())


def content_hash(body: bytes) -> str:
    """The address of a piece of content."""
    return hashlib.sha256(body).hexdigest()


def load_manifest(body: bytes) -> Manifest:
    """The manifest from its bytes."""
    document = orjson.loads(body)
    return Manifest(
        document["schema_version"],
        document["semantics"],
        tuple(PartRef(*part) for part in document["parts"]),
    )


def split_snapshot(snapshot: Snapshot) -> tuple[Manifest, dict[str, bytes]]:
    """The parts of a snapshot by hash, and their manifest; equal content gives equal parts."""
    pieces: list[tuple[str, str, object]] = [("partner", "", snapshot.partner)]
    pieces += [("program", p.code, p) for p in sorted(snapshot.programs, key=_code)]
    pieces.append(("chains", "", tuple(sorted(snapshot.chains, key=_code))))
    pieces.append(("stores", "", tuple(sorted(snapshot.stores, key=_code))))
    pieces.append(("categories", "", tuple(sorted(snapshot.categories, key=_code))))
    pieces.append(("words", "", _sorted_words(snapshot.words)))
    for number, products in enumerate(shard_products(snapshot.products)):
        pieces.append(("products", f"{number:03d}", tuple(products)))
    pieces += [("campaign", c.code, c) for c in sorted(snapshot.campaigns, key=_code)]
    bodies: dict[str, bytes] = {}
    refs = []
    for kind, key, value in pieces:
        body = _ADAPTERS[kind].dump_json(value, by_alias=True)
        part_hash = content_hash(body)
        bodies[part_hash] = body
        refs.append(PartRef(kind, key, part_hash))
    return Manifest(SCHEMA_VERSION, SEMANTICS, tuple(refs)), bodies


def with_campaign(manifest: Manifest, campaign: Campaign) -> tuple[Manifest, dict[str, bytes]]:
    """The manifest with a campaign more, or another one of its code; and the part that is new."""
    body = _ADAPTERS["campaign"].dump_json(campaign, by_alias=True)
    ref = PartRef("campaign", campaign.code, content_hash(body))
    others = [
        part for part in manifest.parts if (part.kind, part.key) != ("campaign", campaign.code)
    ]
    # In the order in which a snapshot is split: campaigns are last, by code.
    rest = [part for part in others if part.kind != "campaign"]
    campaigns = sorted([ref, *(part for part in others if part.kind == "campaign")], key=_key)
    changed = Manifest(manifest.schema_version, manifest.semantics, (*rest, *campaigns))
    return changed, {ref.part_hash: body}


def join_snapshot(manifest: Manifest, bodies: Mapping[str, bytes]) -> Snapshot:
    """The document that was split into the parts."""
    by_kind: dict[str, list[Any]] = {kind: [] for kind in _ADAPTERS}
    for ref in manifest.parts:
        by_kind[ref.kind].append(_ADAPTERS[ref.kind].validate_json(bodies[ref.part_hash]))
    return Snapshot(
        partner=by_kind["partner"][0],
        programs=tuple(by_kind["program"]),
        chains=by_kind["chains"][0],
        stores=by_kind["stores"][0],
        categories=by_kind["categories"][0],
        words=by_kind["words"][0],
        products=tuple(product for shard in by_kind["products"] for product in shard),
        campaigns=tuple(by_kind["campaign"]),
    )


class Pieces:
    """Compiled parts, shared by the snapshots of a process; forgets what no kept snapshot names.

    By kind and hash: parts of two kinds may have the same bytes, an empty list for instance.
    """

    __slots__ = ("_compiled",)

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], Any] = {}

    def missing(self, manifest: Manifest) -> list[str]:
        """Hashes of parts that have not been compiled yet."""
        return sorted(
            {p.part_hash for p in manifest.parts if (p.kind, p.part_hash) not in self._compiled}
        )

    def keep_only(self, manifests: list[Manifest]) -> None:
        """Drop everything that none of these names."""
        named = {(p.kind, p.part_hash) for manifest in manifests for p in manifest.parts}
        self._compiled = {key: piece for key, piece in self._compiled.items() if key in named}

    def compile_steps(
        self, manifest: Manifest, bodies: Mapping[str, bytes]
    ) -> Generator[None, None, CompiledSnapshot]:
        """Compile what is new, yielding after each piece, and bring all together."""
        by_kind: dict[str, list[Any]] = {kind: [] for kind in _ADAPTERS}
        for ref in manifest.parts:
            key = (ref.kind, ref.part_hash)
            piece = self._compiled.get(key)
            if piece is None:
                piece = self._compiled[key] = _compile_piece(ref.kind, bodies[ref.part_hash])
                yield
            by_kind[ref.kind].append(piece)
        compiled = yield from assemble_steps(
            partner=by_kind["partner"][0],
            programs=by_kind["program"],
            stores=by_kind["stores"][0],
            categories=by_kind["categories"][0],
            shards=by_kind["products"],
            campaigns=by_kind["campaign"],
            words=by_kind["words"][0],
        )
        compiled.snapshot_id = manifest.snapshot_id
        compiled.semantics = manifest.semantics
        return compiled


def _compile_piece(kind: str, body: bytes) -> object:
    document = _ADAPTERS[kind].validate_json(body)
    if kind == "campaign":
        return CompiledCampaign(document)
    if kind == "products":
        return compile_shard(document)
    return document


def _sorted_words(words: Words) -> Words:
    """The dictionaries in one order, so that equal ones have equal bytes."""
    return Words.model_validate(
        {
            name: dict(sorted(names.items())) if isinstance(names, dict) else tuple(sorted(names))
            for name, names in words
        }
    )


def _key(ref: PartRef) -> str:
    return ref.key


def _code(document: Any) -> str:  # noqa: ANN401 - anything that has a code
    code: str = document.code
    return code
