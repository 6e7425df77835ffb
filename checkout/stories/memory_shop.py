"""A service in memory: the operations and the quote of the flows over `MemoryBookStore`."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from checkout.engine.documents import InvalidDocumentError
from checkout.engine.problems import InvalidSnapshotError
from checkout.flows.adjust import AdjustOperation
from checkout.flows.batch import run_batch, try_out
from checkout.flows.budgets import Budgets
from checkout.flows.cancel import CancelOperation
from checkout.flows.card_numbers import CardNumbers
from checkout.flows.certificate_codes import CertificateCodes
from checkout.flows.check_certificate import CheckCertificateFlow
from checkout.flows.confirm import ConfirmOperation
from checkout.flows.coupon_codes import CouponCodes
from checkout.flows.coupon_lookup import CouponLookup
from checkout.flows.emergency_stop import EmergencyStopOperation
from checkout.flows.extend_hold import ExtendHoldOperation
from checkout.flows.final_sale import ConfirmIds
from checkout.flows.freeze import FreezeOperation, RestoreOperation
from checkout.flows.gift_lookup import GiftLookup
from checkout.flows.gift_stocks import GiftStocks
from checkout.flows.hold import HoldOperation
from checkout.flows.holding import HOLD_TTL
from checkout.flows.identifiers import IdentifierHasher, IdentifierRules
from checkout.flows.quote import QuoteFlow
from checkout.flows.quote_token import TokenSigner
from checkout.flows.sale import (
    Caller,
    PresentedIdentifier,
    Sale,
)
from checkout.flows.shared_limits import SharedLimits
from checkout.flows.stops import Stops
from checkout.ledger.interventions import Cause
from checkout.ledger.totals import TotalTooLargeError
from checkout.primitives import digest
from checkout.refusals import Reason, Refusal
from checkout.stories.certificate_desk import CertificateDesk
from checkout.stories.document import InvalidStoryError
from checkout.stories.member_desk import block_operation, leave_operation, tier_operation
from checkout.stories.memory_accounts import MemoryAccounts
from checkout.stories.memory_cards import MemoryCards
from checkout.stories.memory_coupon_desk import MemoryCouponDesk
from checkout.stories.memory_gift_desk import MemoryGiftDesk
from checkout.stories.memory_households import MemoryHouseholds
from checkout.stories.memory_late import MemoryLateCalls
from checkout.stories.memory_merging import MemoryMerging
from checkout.stories.memory_reads import MemoryMembers, MemorySnapshots
from checkout.stories.memory_returns import MemoryReturns
from checkout.stories.memory_sweep import due_bookings, due_counts
from checkout.stories.opening import OpeningOperation
from checkout.stories.receipts import OFFLINE_TERMS, PERMISSIONS, TERMINAL
from checkout.stories.shop import Shown
from checkout.stories.telling import tell

if TYPE_CHECKING:
    from checkout.flows.operation import Operation
    from checkout.flows.quote_token import QuoteTerms
    from checkout.flows.sale_operation import SaleOperation
    from checkout.stories.memory import MemoryBookStore
    from checkout.stories.shop import Arrival, SaleCall, Settled

    Document = dict[str, Any]
    Told = dict[str, Any]

#: Keys of a service that nobody else talks to.
_KEY: Final = bytes(32)
#: Ids that one sale may make of one: a lot for each currency and dates of what it earns.
_LOTS_OF_A_SALE_MAX: Final = 1_000


class MemoryShop(
    MemoryReturns, MemoryLateCalls, MemoryHouseholds, MemoryMerging, MemoryAccounts, MemoryCards
):
    """One partner's service, whole, in memory."""

    def __init__(self, partner: str, store: MemoryBookStore) -> None:
        self.store = store
        self._partner = partner
        self._partner_id = UUID(bytes=digest(b"partner", partner.encode()))
        self._snapshots = MemorySnapshots()
        self._budgets = Budgets()
        self._shared_limits = SharedLimits()
        self._stops = Stops()
        self._gift_stocks = GiftStocks()
        self._members = MemoryMembers(store)
        self._hasher = IdentifierHasher(_KEY)
        self._identifier_rules = IdentifierRules()
        self._card_numbers = CardNumbers(_KEY)
        self._codes = CouponCodes(_KEY)
        self._signer = TokenSigner({1: _KEY})
        self._quotes = QuoteFlow(
            self._snapshots,
            self._members,
            self._budgets,
            self._shared_limits,
            self._stops,
            self._gift_stocks,
            certificates=store,
            coupons=store.coupons,
            signer=self._signer,
            clock=lambda: store.now,
        )
        self.coupons = MemoryCouponDesk(
            self._partner_id,
            self._codes,
            CouponLookup(
                self._snapshots, self._members, store.coupons, self._codes, lambda: store.now
            ),
            commit=self._commit,
            caller=self._caller,
            present=self._present,
            cause=self._cause,
        )
        self.gifts = MemoryGiftDesk(
            self._partner_id,
            GiftLookup(self._snapshots, self._members, self._gift_stocks, lambda: store.now),
            commit=self._commit,
            caller=self._caller,
            present=self._present,
            cause=self._cause,
            new_id=self._new_id,
        )
        self._numbers = count(1)
        self._time_zones: dict[str, str] = {}
        self._desk = CertificateDesk(self._partner_id, CertificateCodes(self._hasher))

    async def set_clock(self, now: dt.datetime) -> None:
        """It is now this moment."""
        self.store.now = now

    async def publish(self, document: Document) -> Told:
        """Put rules in force; faulty ones change nothing."""
        try:
            self._snapshots.put_in_force(document)
        except (InvalidDocumentError, InvalidSnapshotError) as error:
            fields = [problem.field for problem in error.problems]
            return {**tell(Refusal(Reason.SNAPSHOT_INVALID, "")), "fields": fields}
        current = self._snapshots.current(self._partner_id)
        assert current is not None
        self.store.publications.append((self.store.now, current.snapshot_id))
        self._time_zones = {s["code"]: s["time_zone"] for s in document["stores"]}
        return {"status": "ok"}

    async def admit(self, arrival: Arrival) -> str:
        """A member is there, with points brought along; the member's id."""
        operation = OpeningOperation(
            self._partner_id,
            identifiers=[self._present(shown) for shown in arrival.identifiers],
            program=arrival.program,
            tier=arrival.tier,
            profile=arrival.profile,
            lots=arrival.lots,
            new_id=self._new_id,
        )
        member_id: str = (await self._run(operation))["member_id"]
        self.store.lists[UUID(member_id)] = arrival.lists
        return member_id

    async def quote(self, call: SaleCall) -> Told:
        """Price a sale."""
        return tell(await self._quotes.quote(self._sale(call)))

    async def quote_and_hold(self, call: SaleCall, request_id: str, ttl_s: int) -> Told:
        """Price a sale and set aside what it takes."""
        return await self._hold(call, "Quote", None, request_id, ttl_s)

    async def hold(self, call: SaleCall, token: str, request_id: str, ttl_s: int) -> Told:
        """Set aside what a quote takes."""
        return await self._hold(call, "Hold", self._terms(token), request_id, ttl_s)

    async def confirm(
        self,
        call: SaleCall,
        token: str,
        request_id: str,
        settled: Settled,
        *,
        already_paid: bool,
    ) -> Told:
        """Make a sale final."""
        operation = ConfirmOperation(
            self._sale(call),
            self._settlement(settled),
            request_id=request_id,
            signer=self._signer,
            terms=self._terms(token) if token else None,
            ids=ConfirmIds(self._new_id(), self._new_id(), self._new_id()),
            codes=self._desk.codes,
            coupon_codes=self._codes,
            refuses_taken_numbers=False,
            already_paid=already_paid,
            offline_terms=OFFLINE_TERMS,
        )
        if operation.sale.is_training:
            return self._told_sale(await try_out(self.store, self._snapshots, operation))
        return self._told_sale(await self._commit(operation))

    async def cancel(self, purchase_id: str, request_id: str) -> Told:
        """Drop a sale."""
        return await self._run(CancelOperation(self._partner_id, request_id, purchase_id))

    async def extend_hold(self, purchase_id: str, request_id: str, ttl_s: int) -> Told:
        """Hold longer."""
        ttl = _ttl(ttl_s)
        return await self._run(ExtendHoldOperation(self._partner_id, request_id, purchase_id, ttl))

    async def adjust(
        self, member_id: str, currency: str, amount_minor: int, reason: str, request_id: str
    ) -> Told:
        """Correct a member's points."""
        operation = AdjustOperation(
            self._partner_id,
            request_id=request_id,
            member_id=UUID(member_id),
            currency=currency,
            amount_minor=amount_minor,
            reason=reason,
            author="story",
            correction_id=self._new_id(),
        )
        return await self._run(operation)

    async def block(
        self, member_id: str, identifier: Shown | None, request_id: str, *, lift: bool
    ) -> Told:
        """Block a member, or one identifier."""
        only = self._present(identifier) if identifier is not None else None
        return await self._run(
            block_operation(self._partner_id, member_id, only, request_id, self._cause(), lift=lift)
        )

    async def leave(self, member_id: str, program: str, request_id: str, *, join: bool) -> Told:
        """Let a member leave a program, or join it again."""
        ids = (request_id, self._new_id(), self._cause())
        return await self._run(
            leave_operation(self._partner_id, member_id, program, *ids, join=join)
        )

    async def set_tier(
        self, member_id: str, program: str, tier: str, until: dt.date | None, request_id: str
    ) -> Told:
        """Give a member a tier by hand."""
        return await self._run(
            tier_operation(self._partner_id, member_id, program, tier, until, request_id)
        )

    async def stop(self, campaign: str, request_id: str, *, lift: bool) -> Told:
        """Stop a campaign in an emergency."""
        operation = EmergencyStopOperation(
            self._partner_id,
            request_id=request_id,
            campaign=campaign,
            lift=lift,
            cause=self._cause(),
        )
        return await self._run(operation)

    async def freeze(
        self, member_id: str, currency: str, amount_minor: int | None, request_id: str
    ) -> Told:
        """Take points out of reach; without a number all that can be spent."""
        operation = FreezeOperation(
            self._partner_id,
            request_id=request_id,
            member_id=UUID(member_id),
            currency=currency,
            amount_minor=amount_minor,
            freeze_id=self._new_id(),
            cause=self._cause(),
        )
        return await self._run(operation)

    async def restore(self, freeze_id: str, request_id: str) -> Told:
        """Give frozen points back."""
        operation = RestoreOperation(
            self._partner_id,
            request_id=request_id,
            freeze_id=UUID(freeze_id),
            cause=self._cause(),
        )
        return await self._run(operation)

    async def issue_certificate(
        self, series: str, face: int, request_id: str, *, activate: bool
    ) -> Told:
        """Make a certificate."""
        operation = self._desk.issue(
            series, face, request_id, batch_id=self._new_id(), activates=activate
        )
        return self._desk.tell(await self._commit(operation))

    async def check_certificate(self, store: str, code: str) -> Told:
        """Look at a certificate."""
        flow = CheckCertificateFlow(self._snapshots, self.store, lambda: self.store.now)
        digest_of_code = self._desk.present(code).digest
        return self._desk.tell(await flow.check(self._caller(store), digest_of_code))

    async def block_certificate(self, code: str, request_id: str, *, lift: bool) -> Told:
        """Block a certificate."""
        return await self._run(self._desk.block(code, request_id, lift=lift))

    async def move_certificate(self, code: str, request_id: str) -> Told:
        """Move what is left to a new code."""
        operation = self._desk.move(code, request_id, successor_id=self._new_id())
        return self._desk.tell(await self._commit(operation))

    async def change_member(
        self,
        member_id: str,
        program: str,
        *,
        tier: str | None = None,
        lists: frozenset[str] | None = None,
        traits: Document | None = None,
    ) -> None:
        """Move a member to another tier or into other lists, or know other traits."""
        if tier is not None:
            self.store.participations[UUID(member_id), program].tier_code = tier
        if lists is not None:
            self.store.lists[UUID(member_id)] = lists
        if traits is not None:
            self.store.profiles[UUID(member_id)].traits = traits

    async def sweep(self) -> None:
        """End overdue holds, book lots and certificates that began or ended, count purchases."""
        for operation in due_bookings(self.store, self._new_id):
            await self._commit(operation)
        snapshot = self._snapshots.current(self._partner_id)
        assert snapshot is not None, "a story begins with rules"
        for operation in due_counts(self.store, self._partner_id, snapshot):
            await self._commit(operation)

    # ---- parts of several calls

    async def _hold(
        self, call: SaleCall, method: str, terms: QuoteTerms | None, request_id: str, ttl_s: int
    ) -> Told:
        operation = HoldOperation(
            self._sale(call),
            method=method,
            request_id=request_id,
            signer=self._signer,
            terms=terms,
            hold_id=self._new_id(),
            ttl=_ttl(ttl_s),
        )
        return await self._sell(operation)

    async def _sell(self, operation: SaleOperation) -> Told:
        if operation.sale.is_training:
            return tell(await try_out(self.store, self._snapshots, operation))
        return await self._run(operation)

    def _terms(self, token: str) -> QuoteTerms | None:
        return self._signer.read(self._partner_id, token)

    async def _run(self, operation: Operation) -> Told:
        return tell(await self._commit(operation))

    async def _commit(self, operation: Operation) -> object:
        try:
            result = await run_batch(self.store, self._snapshots, [operation])
        except TotalTooLargeError as error:
            return error.refusal
        await self._budgets.after_commit(result.book)
        await self._shared_limits.after_commit(result.book)
        await self._stops.after_commit(result.book)
        await self._gift_stocks.after_commit(result.book)
        return result.answers[0]

    def _sale(self, call: SaleCall) -> Sale:
        shown = call.identifier
        return Sale(
            caller=self._caller(call.receipt.store),
            purchase_id=call.purchase_id,
            receipt=self._desk.without_codes(call.receipt),
            identifier=self._present(shown) if shown is not None else None,
            is_training=call.is_training,
            coupons=self._codes.digests(self._partner_id, call.receipt.coupons),
        )

    def _caller(self, store: str) -> Caller:
        return Caller(
            partner_id=self._partner_id,
            partner_code=self._partner,
            store_code=store,
            store_id=UUID(bytes=digest(b"store", store.encode())),
            terminal_code=TERMINAL,
            time_zone=self._time_zones.get(store, "UTC"),
            terminal_id=UUID(bytes=digest(b"terminal", store.encode())),
            permissions=PERMISSIONS,
        )

    def _present(self, shown: Shown) -> PresentedIdentifier:
        presented = self._hasher.present(
            self._partner_id, shown.kind, shown.value, self._identifier_rules
        )
        if isinstance(presented, Refusal):
            raise InvalidStoryError(f"{shown.kind} {shown.value!r}: {presented.message}")
        return presented

    def _cause(self) -> Cause:
        return Cause(self._new_id(), "story", "as the story tells")

    def _new_id(self) -> UUID:
        """Ids rise, as those of a service do; behind each is room for the lots of one sale."""
        return UUID(int=next(self._numbers) * _LOTS_OF_A_SALE_MAX)


def _ttl(ttl_s: int) -> dt.timedelta:
    return dt.timedelta(seconds=ttl_s) if ttl_s else HOLD_TTL
