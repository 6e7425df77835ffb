"""From snapshot documents to what the engine runs: checks every reference, then builds the indexes.

A rule that is unknown, broken or impossible is a `Problem` with the field's path and a sentence for
the manager who wrote it; a snapshot with problems does not compile, so that at run time a broken
rule cannot exist.

`compile_snapshot` takes a whole document. A worker that loads a published snapshot, which was
checked when it was published, keeps the compiled campaigns and shards of the last one by their
content hash, and hands all pieces to `assemble_steps`, which yields between steps of at most about
a millisecond so that quotes go on meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.catalogue import Catalogue, compile_shard, shard_products
from checkout.engine.compiled import CompiledCampaign, CompiledProgram, CompiledSnapshot
from checkout.engine.places import CompiledStore
from checkout.engine.problems import InvalidSnapshotError, check_snapshot

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from checkout.engine.catalogue import Shard
    from checkout.engine.schema.program import Program
    from checkout.engine.schema.snapshot import Category, Chain, Partner, Snapshot, Store, Words

#: Names of goods registered between two yields: about a millisecond of work.
_REFERENCES_PER_STEP: Final = 2_000


def compile_snapshot(snapshot: Snapshot) -> CompiledSnapshot:
    """The compiled form of a snapshot.

    Raises:
        InvalidSnapshotError: with every problem found.
    """
    problems = check_snapshot(snapshot)
    if problems:
        raise InvalidSnapshotError(problems)
    steps = assemble_steps(
        partner=snapshot.partner,
        programs=snapshot.programs,
        chains=snapshot.chains,
        stores=snapshot.stores,
        categories=snapshot.categories,
        shards=[compile_shard(products) for products in shard_products(snapshot.products)],
        campaigns=[CompiledCampaign(document) for document in snapshot.campaigns],
        words=snapshot.words,
    )
    while True:
        try:
            next(steps)
        except StopIteration as end:
            compiled: CompiledSnapshot = end.value
            return compiled


def assemble_steps(
    *,
    partner: Partner,
    programs: Sequence[Program],
    chains: Sequence[Chain],
    stores: Sequence[Store],
    categories: Sequence[Category],
    shards: Sequence[Shard],
    campaigns: Sequence[CompiledCampaign],
    words: Words | None = None,
) -> Generator[None, None, CompiledSnapshot]:
    """Bring checked pieces together, yielding between steps; the snapshot is the final value."""
    catalogue = Catalogue(shards, categories)
    compiled = {program.code: CompiledProgram(program, catalogue) for program in programs}
    yield
    references = 0
    for campaign in campaigns:
        compiled[campaign.document.program].add(campaign)
        references += campaign.reference_count + 20
        if references > _REFERENCES_PER_STEP:
            references = 0
            yield
    return CompiledSnapshot(
        partner.code,
        partner.currency,
        catalogue,
        {store.code: CompiledStore(store) for store in stores},
        compiled,
        words,
        [chain.code for chain in chains],
    )
