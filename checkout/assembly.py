"""The composition root: the only place that knows which class stands behind what."""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import httpx

from checkout.api.checkout_servicer import CheckoutServicer
from checkout.api.decode import Decoder
from checkout.api.edge import Edge
from checkout.api.gate import Gate
from checkout.api.operator_servicer import OperatorServicer
from checkout.api.server import Server
from checkout.api.session import Sessions
from checkout.cache.cluster import ClusterCache
from checkout.cache.connection import Cache
from checkout.cache.members import MemberCache
from checkout.cache.snapshots import SnapshotLibrary
from checkout.flows.bucket_finder import BucketFinder
from checkout.flows.budgets import Budgets
from checkout.flows.card_numbers import CardNumbers
from checkout.flows.certificate_codes import CertificateCodes
from checkout.flows.check_certificate import CheckCertificateFlow
from checkout.flows.clock import DatabaseClock
from checkout.flows.correction_lookup import CorrectionLookup
from checkout.flows.coupon_codes import CouponCodes
from checkout.flows.coupon_lookup import CouponLookup
from checkout.flows.directory import Directory
from checkout.flows.explain import ExplainFlow
from checkout.flows.gift_lookup import GiftLookup
from checkout.flows.gift_stocks import GiftStocks
from checkout.flows.group_commit import GroupCommit
from checkout.flows.identifiers import IdentifierHasher
from checkout.flows.list_overruns import OverrunList
from checkout.flows.list_receipts import ReceiptList
from checkout.flows.list_tier_changes import TierChangeList
from checkout.flows.lookup import LookupFlow
from checkout.flows.member_links import MemberLinksFlow
from checkout.flows.members import MemberSource
from checkout.flows.publish import PublishFlow, WholePublishing
from checkout.flows.qr_codes import QrSigner
from checkout.flows.qr_issue import QrIssue
from checkout.flows.quote import QuoteFlow
from checkout.flows.quote_token import TokenSigner
from checkout.flows.reconcile import ReconcileFlow
from checkout.flows.shared_limits import SharedLimits
from checkout.flows.statement import StatementFlow
from checkout.flows.stops import Stops
from checkout.flows.store_list import StoreList
from checkout.flows.till_members import Guesses, TillMembers
from checkout.flows.try_campaign import TryCampaignFlow
from checkout.store.book_store import PostgresBookStore
from checkout.store.corrections import CorrectionStore
from checkout.store.coupon_store import CouponReader
from checkout.store.forgetting import QueueStore
from checkout.store.identity_store import IdentityReader
from checkout.store.member_receipts import MemberReceipts
from checkout.store.overruns import OverrunReader
from checkout.store.pool import (
    BACKGROUND_CONNECTIONS_MAX,
    BACKGROUND_LOCK_TIMEOUT_MS,
    closed_in_time,
    open_pool,
    open_queue_pool,
    reads_of,
)
from checkout.store.reference import ReferenceStore
from checkout.store.rules import RulesStore, checked_by
from checkout.store.shifts import ShiftStore
from checkout.store.tier_history import TierHistory
from checkout.store.transactions import BATCH_PATIENCE_S
from checkout.store.visit_queue import VisitQueue
from checkout.store.worker_reports import WorkerReports
from checkout.workers import (
    certificate_keeper,
    courier,
    follower,
    forgetter,
    invalidator,
    jobs,
    lot_keeper,
    month_keeper,
    publisher_process,
    reporter,
    sweeper,
    visit_counter,
)
from checkout.workers.jobs import Jobs, PeriodicJob
from checkout.workers.loop import repeat

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
    from typing import Any

    from checkout.cache.key_values import KeyValues
    from checkout.ledger.book import Book
    from checkout.settings import Settings

#: What is under way when a worker ends gets so long: a batch, and the end of its connection. Then
#: the database is silent, and what waits for it is given up with its connections.
END_PATIENCE_S: Final = BATCH_PATIENCE_S + 1.0


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
    lot_keeper: lot_keeper.LotKeeper
    visit_counter: visit_counter.VisitCounter
    certificate_keeper: certificate_keeper.CertificateKeeper
    background_commit: GroupCommit
    jobs: Jobs


@dataclass(frozen=True, slots=True)
class Background:
    """What a worker does in turn with the others."""

    commit: GroupCommit
    sweeper: sweeper.Sweeper
    month_keeper: month_keeper.MonthKeeper
    lot_keeper: lot_keeper.LotKeeper
    visit_counter: visit_counter.VisitCounter
    certificate_keeper: certificate_keeper.CertificateKeeper
    jobs: Jobs


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
            closed_in_time(
                await open_pool(
                    settings.postgres_dsn,
                    connections_max=settings.pool_connections,
                    application="checkout",
                )
            )
        )
        cache = _cache(settings)
        stack.push_async_callback(cache.close)
        await cache.open()
        reads = reads_of(settings.pool_connections)
        books = PostgresBookStore(pool, reads, delivers=bool(settings.webhook_url))
        reference = ReferenceStore(pool, reads)
        member_cache = MemberCache(cache)
        library = SnapshotLibrary(reference, cache)
        directory = Directory(reference)
        budgets = Budgets()
        shared_limits = SharedLimits()
        stops = Stops()
        gift_stocks = GiftStocks()
        members = MemberSource(member_cache, books, reference, clock)
        shown = TillMembers(members, Guesses(settings.unknown_cards_per_minute))

        async def after_commit(book: Book) -> None:
            await budgets.after_commit(book)
            await shared_limits.after_commit(book)
            await stops.after_commit(book)
            await gift_stocks.after_commit(book)
            await members.after_commit(book)

        group_commit = GroupCommit(books, library, after_commit, _finder(settings, books))
        background = await _assemble_background(
            stack, settings, library, group_commit, after_commit, clock
        )
        explanations = ExplainFlow(library, reference)
        signer = TokenSigner(settings.signing_keys())
        hasher = IdentifierHasher(settings.pepper_key())
        codes = CertificateCodes(hasher)
        coupon_codes = CouponCodes(settings.pepper_key())
        coupons = CouponReader(pool, reads)
        qr_codes = QrSigner(settings.signing_keys())
        decoder = Decoder(hasher, codes, coupon_codes, qr_codes)
        credential = settings.service_credential.get_secret_value()
        gate = Gate(directory, credential, settings.credentials_of_authors())
        sessions = Sessions(gate)
        worker = Worker(
            server=Server(
                settings,
                Edge(gate),
                CheckoutServicer(
                    directory=directory,
                    decoder=decoder,
                    signer=signer,
                    quotes=QuoteFlow(
                        library,
                        shown,
                        budgets,
                        shared_limits,
                        stops,
                        gift_stocks,
                        certificates=books,
                        coupons=coupons,
                        signer=signer,
                        clock=clock,
                    ),
                    lookups=LookupFlow(library, shown, reference, clock),
                    statements=StatementFlow(library, shown, reference),
                    explanations=explanations,
                    group_commit=group_commit,
                    checks=CheckCertificateFlow(library, books, clock),
                    shifts=ReconcileFlow(ShiftStore(pool, reads), clock),
                    codes=codes,
                    coupons=CouponLookup(library, shown, coupons, coupon_codes, clock),
                    coupon_codes=coupon_codes,
                    card_numbers=CardNumbers(settings.pepper_key()),
                    stores=StoreList(library, directory, clock),
                    gifts=GiftLookup(library, shown, gift_stocks, clock),
                    sessions=sessions,
                    shown=shown,
                ),
                OperatorServicer(
                    decoder=decoder,
                    group_commit=group_commit,
                    corrections=CorrectionLookup(CorrectionStore(pool)),
                    receipts=ReceiptList(members, MemberReceipts(pool, reads)),
                    tier_changes=TierChangeList(members, TierHistory(pool, reads)),
                    overruns=OverrunList(OverrunReader(pool, reads)),
                    explanations=explanations,
                    trials=TryCampaignFlow(library, library, members, reference, clock),
                    qr_codes=QrIssue(members, qr_codes, clock),
                    codes=codes,
                    coupon_codes=coupon_codes,
                    card_numbers=CardNumbers(settings.pepper_key()),
                    links=MemberLinksFlow(IdentityReader(pool, reads)),
                    publishing=_publishing(
                        settings, RulesStore(pool, checked_by(), reads), reference, library
                    ),
                    directory=directory,
                ),
                sessions,
            ),
            group_commit=group_commit,
            library=library,
            follower=follower.Follower(
                reference,
                library,
                directory,
                budgets,
                shared_limits,
                stops,
                gift_stocks,
                database_clock,
            ),
            sweeper=background.sweeper,
            invalidator=invalidator.Invalidator(reference, member_cache),
            month_keeper=background.month_keeper,
            lot_keeper=background.lot_keeper,
            visit_counter=background.visit_counter,
            certificate_keeper=background.certificate_keeper,
            background_commit=background.commit,
            jobs=background.jobs,
        )
        # No till is answered yet: pauses for them would make a start nearly three times as long.
        library.in_haste = True
        await worker.follower.step()
        library.in_haste = False
        # A service that stood still for long finds no month to write to.
        await worker.month_keeper.step()
        tasks = [
            asyncio.create_task(repeat(name, every_s, step))
            for name, every_s, step in (
                ("follower", follower.EVERY_S, worker.follower.step),
                ("invalidator", invalidator.EVERY_S, worker.invalidator.step),
                (
                    "reporter",
                    reporter.EVERY_S,
                    reporter.Reporter(
                        library, gate.refusals, directory.token_uses, WorkerReports(pool, reads)
                    ).step,
                ),
                ("jobs", jobs.RESTART_S, worker.jobs.run),
            )
        ]
        try:
            yield worker
        finally:
            await _end(tasks, group_commit.drain, background.commit.drain, members.drain)


async def _end(
    tasks: list[asyncio.Task[None]], *drains: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """End the tasks, then wait for what they began; but for a silent database not for ever."""
    for task in tasks:
        task.cancel()
    with suppress(TimeoutError):
        async with asyncio.timeout(END_PATIENCE_S):
            await asyncio.wait(tasks)
            for drain in drains:
                await drain()


def _publishing(
    settings: Settings, rules: RulesStore, reference: ReferenceStore, library: SnapshotLibrary
) -> PublishFlow:
    return PublishFlow(
        rules,
        reference,
        library,
        few=WholePublishing(rules, reference),
        many=publisher_process.PublisherProcess(settings.postgres_dsn),
    )


def _cache(settings: Settings) -> KeyValues:
    return (ClusterCache if settings.redis_cluster else Cache)(settings.redis_url)


def _finder(settings: Settings, store: PostgresBookStore) -> BucketFinder | None:
    return BucketFinder(store) if settings.one_bucket_batches else None


async def _assemble_background(
    stack: AsyncExitStack,
    settings: Settings,
    library: SnapshotLibrary,
    group_commit: GroupCommit,
    after_commit: Callable[[Book], Awaitable[None]],
    clock: Callable[[], dt.datetime],
) -> Background:
    """Jobs with connections of their own, so that they take none from sales."""
    pool = await stack.enter_async_context(
        closed_in_time(
            await open_pool(
                settings.postgres_dsn,
                connections_max=BACKGROUND_CONNECTIONS_MAX,
                application="checkout background",
                lock_timeout_ms=BACKGROUND_LOCK_TIMEOUT_MS,
            )
        )
    )
    delivers = bool(settings.webhook_url)
    store = PostgresBookStore(pool, delivers=delivers, gives_way=True)
    commit = GroupCommit(store, library, after_commit, _finder(settings, store))
    reference = ReferenceStore(pool)
    holds = sweeper.Sweeper(reference, group_commit, clock)
    months = month_keeper.MonthKeeper(reference, clock)
    forgets = forgetter.Forgetter(
        QueueStore(pool),
        clock,
        requests_kept=dt.timedelta(hours=settings.requests_kept_h),
        outbox_kept=dt.timedelta(days=settings.outbox_kept_days),
    )
    lots = lot_keeper.LotKeeper(reference, commit, clock)
    visits = visit_counter.VisitCounter(VisitQueue(pool), reference, library, commit, clock)
    certificates = certificate_keeper.CertificateKeeper(reference, commit, clock)
    couriers = []
    if delivers:
        client = await stack.enter_async_context(httpx.AsyncClient())
        tells = courier.Courier(
            client,
            settings.webhook_url,
            settings.webhook_key(),
            clock,
            timeout_s=settings.webhook_timeout_ms / 1_000,
            attempts_max=settings.webhook_attempts_max,
        )
        couriers.append(tells.register)
    jobs_of_worker = Jobs(
        lambda: open_queue_pool(settings.postgres_dsn),
        [
            PeriodicJob("end_holds", sweeper.EVERY, holds.step),
            PeriodicJob("book_lots", lot_keeper.EVERY, lots.step),
            PeriodicJob("count_visits", visit_counter.EVERY, visits.step),
            PeriodicJob("book_certificates", certificate_keeper.EVERY, certificates.step),
            PeriodicJob("keep_months", month_keeper.EVERY, months.step),
            PeriodicJob("forget_jobs", "30 3 * * *", reference.forget_jobs),
            PeriodicJob("forget_requests", forgetter.REQUESTS_EVERY, forgets.requests),
            PeriodicJob("forget_months", forgetter.MONTHS_EVERY, forgets.months),
        ],
        couriers,
    )
    return Background(commit, holds, months, lots, visits, certificates, jobs_of_worker)
