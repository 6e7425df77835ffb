"""A snapshot in parts: content-addressed pieces that versions share, and the manifest of them.

A part is the canonical JSON of one campaign, one program, one catalogue shard, the stores, and so
on, under the SHA-256 of its bytes; the manifest lists them, and its own SHA-256 is the snapshot's
id. A change of one campaign makes one new part and a new manifest; a worker compiles only what it
has not compiled before.
"""

from __future__ import annotations

import bisect
import hashlib
from sys import intern
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

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
from checkout.engine.schema.thrifty import share

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Generator,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )

    from checkout.engine.compiled import CompiledSnapshot

_T = TypeVar("_T")

#: Known parts that are found again, or read, between two yields.
_PARTS_PER_STEP: Final = 1_000

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


class PartRef(NamedTuple):
    """One line of a manifest."""

    kind: str
    key: str
    part_hash: str


class Manifest:
    """What a snapshot consists of; immutable."""

    __slots__ = ("_named", "parts", "schema_version", "semantics", "snapshot_id")

    def __init__(
        self,
        schema_version: int,
        semantics: int,
        parts: Iterable[PartRef],
        body: bytes | None = None,
    ) -> None:
        """Take the parts in their order; and the canonical bytes, where they are there already."""
        self.schema_version = schema_version
        self.semantics = semantics
        self.parts = tuple(parts)
        #: SHA-256 of its canonical bytes.
        self.snapshot_id = content_hash(self.dump() if body is None else body)
        self._named: frozenset[PartRef] | None = None

    def __eq__(self, other: object) -> bool:
        """Whether they name the same."""
        return isinstance(other, Manifest) and self.snapshot_id == other.snapshot_id

    def __hash__(self) -> int:
        """By what they name."""
        return hash(self.snapshot_id)

    def names(self, ref: PartRef) -> bool:
        """Whether it consists of a part, among others."""
        if self._named is None:
            self._named = frozenset(self.parts)
        return ref in self._named

    def dump(self) -> bytes:
        """Canonical bytes."""
        return _dumped(self.schema_version, self.semantics, [list(part) for part in self.parts])


def _dumped(schema_version: int, semantics: int, parts: list[list[str]]) -> bytes:
    return orjson.dumps({"schema_version": schema_version, "semantics": semantics, "parts": parts})


def content_hash(body: bytes) -> str:
    """The address of a piece of content."""
    return hashlib.sha256(body).hexdigest()


def manifest_steps(body: bytes) -> Generator[None, None, Manifest]:
    """The manifest from its bytes, yielding between steps: it may name ten thousand parts."""
    document = orjson.loads(body)
    yield
    parts: list[PartRef] = []
    for some in _some(document["parts"]):
        # Versions share nearly all of their parts, and their names with them.
        parts += [
            PartRef(intern(kind), intern(key), intern(part_hash)) for kind, key, part_hash in some
        ]
        yield
    return Manifest(document["schema_version"], document["semantics"], parts, body)


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


def change_steps(
    manifest: Manifest, changed: Iterable[Campaign], removed: Collection[str] = ()
) -> Generator[None, None, tuple[Manifest, dict[str, bytes]]]:
    """The manifest with some campaigns more, others of their codes, and others less.

    And what is new by hash: the parts of those that change, and the manifest itself. Yields between
    steps.
    """
    bodies: dict[str, bytes] = {}
    refs = []
    for campaign in changed:
        body = _ADAPTERS["campaign"].dump_json(campaign, by_alias=True)
        refs.append(PartRef("campaign", campaign.code, content_hash(body)))
        bodies[refs[-1].part_hash] = body
    gone = {ref.key for ref in refs}.union(removed)
    parts = [part for part in manifest.parts if part.kind != "campaign" or part.key not in gone]
    # In the order in which a snapshot is split: campaigns are last, by code.
    first = next((i for i, part in enumerate(parts) if part.kind == "campaign"), len(parts))
    for ref in refs:
        bisect.insort(parts, ref, lo=first, key=_key)
    yield
    listed: list[list[str]] = []
    for some in _some(parts):
        listed += [list(part) for part in some]
        yield
    body = _dumped(manifest.schema_version, manifest.semantics, listed)
    yield
    changed_manifest = Manifest(manifest.schema_version, manifest.semantics, parts, body)
    bodies[changed_manifest.snapshot_id] = body
    yield
    return changed_manifest, bodies


class Pieces:
    """Compiled parts, shared by the snapshots of a process; forgets what no kept snapshot names."""

    __slots__ = ("_compiled",)

    def __init__(self) -> None:
        self._compiled: dict[PartRef, Any] = {}

    def missing_steps(self, manifest: Manifest) -> Generator[None, None, list[PartRef]]:
        """Parts that have not been compiled yet, yielding between steps."""
        missing: list[PartRef] = []
        for some in _some(manifest.parts):
            missing += [ref for ref in some if ref not in self._compiled]
            yield
        return missing

    def forget_steps(
        self, dropped: Manifest, kept: Callable[[], Iterable[Manifest]]
    ) -> Generator[None, None, None]:
        """Drop what one names and none of the others do, yielding between steps.

        Others are asked for in each step: meanwhile one may have come that names what is dropped.
        """
        for some in _some(dropped.parts):
            others = list(kept())
            for ref in some:
                if not any(manifest.names(ref) for manifest in others):
                    self._compiled.pop(ref, None)
            yield

    def part_steps(
        self, refs: Iterable[PartRef], bodies: Mapping[str, bytes]
    ) -> Generator[None, None, None]:
        """Compile parts, yielding after each."""
        for ref in refs:
            if ref not in self._compiled:
                self._compiled[ref] = _compile_piece(ref.kind, bodies[ref.part_hash])
                yield

    def compile_steps(
        self, manifest: Manifest, bodies: Mapping[str, bytes]
    ) -> Generator[None, None, CompiledSnapshot]:
        """Compile what is new, yielding after each piece, and bring all together."""
        missing = yield from self.missing_steps(manifest)
        yield from self.part_steps(missing, bodies)
        by_kind: dict[str, list[Any]] = {kind: [] for kind in _ADAPTERS}
        for some in _some(manifest.parts):
            for ref in some:
                by_kind[ref.kind].append(self._compiled[ref])
            yield
        compiled = yield from assemble_steps(
            partner=by_kind["partner"][0],
            programs=by_kind["program"],
            chains=by_kind["chains"][0],
            stores=by_kind["stores"][0],
            categories=by_kind["categories"][0],
            shards=by_kind["products"],
            campaigns=by_kind["campaign"],
            words=by_kind["words"][0],
        )
        compiled.snapshot_id = manifest.snapshot_id
        compiled.semantics = manifest.semantics
        return compiled


def _some(parts: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """So many of them at a time as a step may have."""
    for first in range(0, len(parts), _PARTS_PER_STEP):
        yield parts[first : first + _PARTS_PER_STEP]


def _compile_piece(kind: str, body: bytes) -> object:
    document = _ADAPTERS[kind].validate_json(body)
    if kind == "campaign":
        share(document)
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
