"""The composition root: the only place that knows which class stands behind what."""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.api.checkout_servicer import CheckoutServicer
from checkout.api.decode import Decoder
from checkout.api.edge import Edge
from checkout.api.operator_servicer import OperatorServicer
from checkout.api.server import Server
from checkout.cache.connection import Cache
from checkout.cache.members import MemberCache
from checkout.cache.snapshots import SnapshotLibrary
from checkout.flows.budgets import Budgets
from checkout.flows.certificate_codes import CertificateCodes
from checkout.flows.check_certificate import CheckCertificateFlow
from checkout.flows.clock import DatabaseClock
from checkout.flows.coupon_codes import CouponCodes
from checkout.flows.coupon_lookup import CouponLookup
from checkout.flows.directory import Directory
from checkout.flows.group_commit import GroupCommit
from checkout.flows.identifiers import IdentifierHasher
from checkout.flows.lookup import LookupFlow
from checkout.flows.members import MemberSource
from checkout.flows.publish import PublishFlow
from checkout.flows.quote import QuoteFlow
from checkout.flows.quote_token import TokenSigner
from checkout.flows.reconcile import ReconcileFlow
from checkout.flows.shared_limits import SharedLimits
from checkout.flows.statement import StatementFlow
from checkout.flows.stops import Stops
from checkout.store.book_store import PostgresBookStore
from checkout.store.coupon_store import CouponReader
from checkout.store.pool import open_pool, reads_of
from checkout.store.reference import ReferenceStore
from checkout.store.rules import RulesStore
from checkout.store.shifts import ShiftStore
from checkout.workers import follower, invalidator, month_keeper, sweeper
from checkout.workers.loop import repeat

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from checkout.ledger.book import Book
    from checkout.settings import Settings


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker process, assembled."""

    server: Server
    group_commit: GroupCommit
    library: SnapshotLibrary
    follower: follower.Follower
    sweeper: sweeper.Sweeper
    invalidator: invalidator.Invalidator
    month_keeper: month_keeper.MonthKeeper


@asynccontextmanager
async def assemble(
    settings: Settings, clock: Callable[[], dt.datetime] | None = None
) -> AsyncIterator[Worker]:
    """A worker with its connections; its follower has looked once, its background work runs.

    `clock` is that of everything that does not write: the database's, unless tests move both.
    """
    database_clock = DatabaseClock()
    clock = clock or database_clock.now
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(
            await open_pool(
                settings.postgres_dsn,
                connections_max=settings.pool_connections,
                application="checkout",
            )
        )
        cache = Cache(settings.redis_url)
        stack.push_async_callback(cache.close)
        reads = reads_of(settings.pool_connections)
        books = PostgresBookStore(pool, reads)
        reference = ReferenceStore(pool, reads)
        member_cache = MemberCache(cache)
        library = SnapshotLibrary(reference, cache)
        directory = Directory(reference)
        budgets = Budgets()
        shared_limits = SharedLimits()
        stops = Stops()
        members = MemberSource(member_cache, books, reference, clock)

        async def after_commit(book: Book) -> None:
            await budgets.after_commit(book)
            await shared_limits.after_commit(book)
            await stops.after_commit(book)
            await members.after_commit(book)

        group_commit = GroupCommit(books, library, after_commit)
        signer = TokenSigner(settings.signing_keys())
        hasher = IdentifierHasher(settings.pepper_key())
        codes = CertificateCodes(hasher)
        coupon_codes = CouponCodes(settings.pepper_key())
        coupons = CouponReader(pool, reads)
        decoder = Decoder(hasher, codes, coupon_codes)
        worker = Worker(
            server=Server(
                settings,
                Edge(directory, settings.service_credential.get_secret_value()),
                CheckoutServicer(
                    directory=directory,
                    decoder=decoder,
                    signer=signer,
                    quotes=QuoteFlow(
                        library,
                        members,
                        budgets,
                        shared_limits,
                        stops,
                        certificates=books,
                        coupons=coupons,
                        signer=signer,
                        clock=clock,
                    ),
                    lookups=LookupFlow(library, members, reference, clock),
                    statements=StatementFlow(library, members, reference),
                    group_commit=group_commit,
                    checks=CheckCertificateFlow(library, books, clock),
                    shifts=ReconcileFlow(ShiftStore(pool, reads)),
                    codes=codes,
                    coupons=CouponLookup(library, members, coupons, coupon_codes, clock),
                    coupon_codes=coupon_codes,
                ),
                OperatorServicer(
                    decoder=decoder,
                    group_commit=group_commit,
                    codes=codes,
                    coupon_codes=coupon_codes,
                    publishing=PublishFlow(RulesStore(pool, reads), reference),
                ),
            ),
            group_commit=group_commit,
            library=library,
            follower=follower.Follower(
                reference, library, directory, budgets, shared_limits, stops, database_clock
            ),
            sweeper=sweeper.Sweeper(reference, group_commit, clock),
            invalidator=invalidator.Invalidator(reference, member_cache),
            month_keeper=month_keeper.MonthKeeper(reference, clock),
        )
        await worker.follower.step()
        tasks = [
            asyncio.create_task(repeat(name, every_s, step))
            for name, every_s, step in (
                ("follower", follower.EVERY_S, worker.follower.step),
                ("invalidator", invalidator.EVERY_S, worker.invalidator.step),
                ("sweeper", sweeper.EVERY_S, worker.sweeper.step),
                ("month_keeper", month_keeper.EVERY_S, worker.month_keeper.step),
            )
        ]
        try:
            yield worker
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await group_commit.drain()
            await members.drain()
