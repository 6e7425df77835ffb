"""A shop behind real gRPC on PostgreSQL and Valkey: the second way that every story runs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import orjson
from uuid_utils.compat import uuid7

from checkout.client import (
    CallRefusedError,
    CheckoutClient,
    OperatorClient,
    identifier_message,
    messages,
    receipt_message,
)
from checkout.flows.answers import EnrolAnswer
from checkout.flows.batch import run_batch
from checkout.flows.identifiers import IdentifierHasher, IdentifierRules
from checkout.flows.sale import PresentedIdentifier
from checkout.stories.opening import OpeningOperation
from checkout.stories.receipts import PERMISSIONS
from tests.scenarios.grpc_cards import GrpcCards
from tests.scenarios.grpc_certificates import REASON, GrpcCertificates, told_or_refused
from tests.scenarios.grpc_coupon_desk import GrpcCouponDesk
from tests.scenarios.grpc_gift_desk import GrpcGiftDesk
from tests.scenarios.grpc_households import GrpcHouseholds
from tests.scenarios.grpc_late import sent_paid
from tests.scenarios.grpc_merging import GrpcMerging
from tests.scenarios.grpc_returns import GrpcReturns
from tests.scenarios.rules_in_tables import write_rules
from tests.scenarios.told_messages import (
    told_balances,
    told_confirm,
    told_credit,
    told_hold,
    told_member,
    told_quote,
    told_reason,
    told_statement,
    told_tier,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Awaitable
    from contextlib import AsyncExitStack
    from uuid import UUID

    from checkout.flows.sale import AlreadyPaid
    from checkout.stories.shop import Added, Arrival, SaleCall, Settled, Shown
    from tests.scenarios.stage import Stage

    Document = dict[str, Any]
    Told = dict[str, Any]

_TIMEOUT_FACTOR: Final = 30


class GrpcShop(GrpcCards, GrpcCertificates, GrpcReturns, GrpcHouseholds, GrpcMerging):
    """One story's partner on the stage."""

    def __init__(self, stage: Stage, partner: str, clients: AsyncExitStack) -> None:
        self._stage = stage
        self._partner = partner
        self._partner_id: UUID = uuid7()
        self._hasher = IdentifierHasher(stage.settings.pepper_key())
        self._clients = clients
        self._tills: dict[str, CheckoutClient] = {}
        self._operator: OperatorClient | None = None
        self.coupons = GrpcCouponDesk(self._tills, self._operators)
        self.gifts = GrpcGiftDesk(self._tills, self._operators, stage.worker.follower.step)

    async def set_clock(self, now: dt.datetime) -> None:
        await self._stage.set_clock(now)

    async def publish(self, document: Document) -> Told:
        stores = await write_rules(self._stage.database, self._partner_id, document)
        for store in stores:
            await self._open_till(store)
        await self._stage.worker.follower.step()
        operator = await self._operators()
        try:
            published = await operator.publish_snapshot()
        except CallRefusedError as error:
            fields = [fault.field for fault in error.faults]
            return {"status": "refused", "reason": error.reason, "fields": fields}
        await self._stage.worker.follower.step()
        current = self._stage.worker.library.current(self._partner_id)
        assert current is not None
        assert current.snapshot_id == published.snapshot_id
        return {"status": "ok"}

    async def admit(self, arrival: Arrival) -> str:
        operation = OpeningOperation(
            self._partner_id,
            identifiers=[self._present(shown) for shown in arrival.identifiers],
            program=arrival.program,
            tier=arrival.tier,
            profile=arrival.profile,
            lots=arrival.lots,
            new_id=uuid7,
        )
        stage = self._stage
        result = await run_batch(stage.books(), stage.worker.library, [operation])
        answer = result.answers[0]
        assert isinstance(answer, EnrolAnswer)
        member_id = str(answer.member.member_id)
        await self.change_member(member_id, arrival.program, lists=arrival.lists)
        return member_id

    async def quote(self, call: SaleCall) -> Told:
        await self._stage.worker.follower.step()  # quotes see budgets as of the last look
        till = self._till(call)
        return await told_or_refused(till.quote(call.purchase_id, _sent(call)), told_quote)

    async def quote_and_hold(self, call: SaleCall, request_id: str, ttl_s: int) -> Told:
        till = self._till(call)
        asked = till.quote_and_hold(request_id, call.purchase_id, _sent(call), ttl_s=ttl_s)
        return await told_or_refused(asked, told_quote)

    async def hold(self, call: SaleCall, token: str, request_id: str, ttl_s: int) -> Told:
        till = self._till(call)
        asked = till.hold(request_id, call.purchase_id, _sent(call), token, ttl_s=ttl_s)
        return await told_or_refused(asked, told_quote)

    async def confirm(
        self,
        call: SaleCall,
        token: str,
        request_id: str,
        settled: Settled,
        *,
        already_paid: bool,
    ) -> Told:
        asked = self._till(call).confirm(
            request_id,
            call.purchase_id,
            _sent(call),
            quote_token=token,
            settlement=_settlement(settled),
            already_paid=already_paid,
        )
        return await self._told_again(call, await told_or_refused(asked, told_confirm))

    async def submit_offline(self, call: SaleCall, paid: AlreadyPaid, settled: Settled) -> Told:
        submitted = messages.OfflineReceipt(
            purchase_id=call.purchase_id,
            receipt=_sent(call),
            settlement=_settlement(settled),
            already_paid=sent_paid(paid),
        )
        (result,) = await self._till(call).submit_offline([submitted])
        if result.HasField("refused"):
            return {"status": "refused", "reason": told_reason(result.refused.reason)}
        return await self._told_again(call, told_confirm(result.confirmed))

    async def _told_again(self, call: SaleCall, told: Told) -> Told:
        """Every sale of every story can be told again from what was stored with it."""
        if told["status"] == "ok" and not call.is_training:
            asked = self._till(call).explain(call.purchase_id)
            told["status"] = (await told_or_refused(asked, _told_exact))["status"]
        return told

    async def add_purchase(self, call: SaleCall, settled: Settled, added: Added) -> Told:
        sent = _sent(call)
        request = messages.AddPurchaseRequest(
            request_id=added.request_id,
            purchase_id=call.purchase_id,
            identifier=sent.identifier,
            store=call.receipt.store,
            local_time=sent.local_time,
            amount_minor=added.amount_minor,
            lines=[] if added.is_whole else sent.lines,
            receipt_number=settled.receipt_number,
            shift=settled.shift,
            terminal=added.terminal,
            reason="told by phone",
        )
        operator = await self._operators()
        told = await told_or_refused(
            operator.add_purchase(request), lambda done: told_confirm(done.confirmed)
        )
        return await self._told_again(call, told)

    async def credit_later(
        self, store: str, purchase_id: str, identifier: Shown, request_id: str
    ) -> Told:
        shown = identifier_message(identifier.kind, identifier.value)
        asked = self._tills[store].credit_later(request_id, purchase_id, shown)
        return await told_or_refused(asked, told_credit)

    async def cancel(self, purchase_id: str, request_id: str) -> Told:
        return await told_or_refused(
            self._any_till().cancel(request_id, purchase_id),
            lambda done: {
                "status": "ok",
                "released_points_minor": done.released_points_minor,
            },
        )

    async def extend_hold(self, purchase_id: str, request_id: str, ttl_s: int) -> Told:
        asked = self._any_till().extend_hold(request_id, purchase_id, ttl_s=ttl_s)
        return await told_or_refused(asked, lambda hold: {"status": "ok", **told_hold(hold)})

    async def adjust(
        self, member_id: str, currency: str, amount_minor: int, reason: str, request_id: str
    ) -> Told:
        operator = await self._operators()
        return await told_or_refused(
            operator.adjust_balance(request_id, member_id, currency, amount_minor, reason),
            lambda done: {"status": "ok", "balances": told_balances([done.balance])},
        )

    async def balances(self, store: str, identifier: Shown) -> Told:
        asked = self._tills[store].get_balances(
            identifier_message(identifier.kind, identifier.value)
        )
        return await told_or_refused(asked, lambda member: {"status": "ok", **told_member(member)})

    async def statement(self, store: str, identifier: Shown, currency: str) -> Told:
        request = messages.GetStatementRequest(
            identifier=identifier_message(identifier.kind, identifier.value),
            currency=currency,
            page_size=100,
        )
        return await told_or_refused(self._tills[store].get_statement(request), told_statement)

    async def block(
        self, member_id: str, identifier: Shown | None, request_id: str, *, lift: bool
    ) -> Told:
        operator = await self._operators()
        asked: Awaitable[Any]
        if identifier is None:
            asked = operator.block_member(request_id, member_id, REASON, lift=lift)
        else:
            message = identifier_message(identifier.kind, identifier.value)
            asked = operator.block_card(request_id, message, REASON, lift=lift)
        told = await told_or_refused(
            asked,
            lambda done: {"status": "ok", "blocked": done.blocked, "changed": done.changed},
        )
        await self._stage.worker.invalidator.step()
        return told

    async def leave(self, member_id: str, program: str, request_id: str, *, join: bool) -> Told:
        operator = await self._operators()
        change = operator.join_program if join else operator.leave_program
        told = await told_or_refused(
            change(request_id, member_id, program, REASON),
            lambda done: {
                "status": "ok",
                "changed": done.changed,
                "written_off": {} if join else dict(done.written_off_minor),
                "balances": told_balances(done.balances),
            },
        )
        await self._stage.worker.invalidator.step()
        return told

    async def set_tier(
        self, member_id: str, program: str, tier: str, until: dt.date | None, request_id: str
    ) -> Told:
        operator = await self._operators()
        told = await told_or_refused(
            operator.set_tier(request_id, member_id, program, tier, REASON, until=until),
            lambda done: {
                "status": "ok",
                "changed": done.changed,
                "tier_before": done.tier_before,
                "standing": told_tier(done.standing),
            },
        )
        await self._stage.worker.invalidator.step()
        return told

    async def stop(self, campaign: str, request_id: str, *, lift: bool) -> Told:
        operator = await self._operators()
        return await told_or_refused(
            operator.emergency_stop(request_id, campaign, REASON, lift=lift),
            lambda done: {"status": "ok", "stopped": done.stopped, "changed": done.changed},
        )

    async def freeze(
        self, member_id: str, currency: str, amount_minor: int | None, request_id: str
    ) -> Told:
        operator = await self._operators()
        return await told_or_refused(
            operator.freeze_points(
                request_id, member_id, currency, REASON, amount_minor=amount_minor
            ),
            lambda done: {
                "status": "ok",
                "freeze_id": done.freeze_id,
                "frozen_minor": done.frozen_minor,
                "balances": told_balances([done.balance]),
            },
        )

    async def restore(self, freeze_id: str, request_id: str) -> Told:
        operator = await self._operators()
        return await told_or_refused(
            operator.restore_points(request_id, freeze_id, REASON),
            lambda done: {
                "status": "ok",
                "restored_minor": done.restored_minor,
                "balances": told_balances([done.balance] if done.HasField("balance") else []),
            },
        )

    async def change_member(
        self,
        member_id: str,
        program: str,
        *,
        tier: str | None = None,
        lists: frozenset[str] | None = None,
        traits: Document | None = None,
    ) -> None:
        database = self._stage.database
        if tier is not None:
            await database.execute(
                "update participation set tier_code = $3"
                " where member_id = $1 and program_code = $2",
                member_id,
                program,
                tier,
            )
        if lists is not None:
            await database.execute("delete from member_list_entry where member_id = $1", member_id)
            await database.execute(
                "insert into member_list_entry"
                " select m.bucket, m.member_id, c from member m, unnest($2::text[]) c"
                " where m.member_id = $1",
                member_id,
                sorted(lists),
            )
        if traits is not None:
            await database.execute(
                "update member_profile set traits = $2 where member_id = $1",
                member_id,
                orjson.dumps(traits).decode(),
            )
        await self._stage.worker.invalidator.step()

    async def sweep(self) -> None:
        await self._stage.worker.sweeper.step()
        await self._stage.worker.lot_keeper.step()
        await self._stage.worker.certificate_keeper.step()
        await self._stage.worker.visit_counter.step()
        await self._stage.worker.invalidator.step()

    # ---- parts of several calls

    def _till(self, call: SaleCall) -> CheckoutClient:
        return self._tills[call.receipt.store]

    def _any_till(self) -> CheckoutClient:
        return next(iter(self._tills.values()))

    async def _open_till(self, store: str) -> None:
        if store in self._tills:
            return
        token = f"{self._partner}-{store}"
        await self._stage.database.execute(
            "with made as (insert into terminal (partner_id, store_code, code, permissions)"
            " values ($1, $2, '1', $4) returning terminal_id)"
            " insert into terminal_token (token_hash, terminal_id)"
            " select $3, terminal_id from made",
            self._partner_id,
            store,
            hashlib.sha256(token.encode()).digest(),
            sorted(PERMISSIONS),
        )
        client = CheckoutClient(self._stage.target, token, timeout_factor=_TIMEOUT_FACTOR)
        self._tills[store] = await self._clients.enter_async_context(client)

    async def _operators(self) -> OperatorClient:
        if self._operator is None:
            client = OperatorClient(
                self._stage.target,
                self._stage.settings.service_credential.get_secret_value(),
                partner=self._partner,
                author="story",
                timeout_factor=_TIMEOUT_FACTOR,
            )
            self._operator = await self._clients.enter_async_context(client)
        return self._operator

    def _present(self, shown: Shown) -> PresentedIdentifier:
        presented = self._hasher.present(
            self._partner_id, shown.kind, shown.value, IdentifierRules()
        )
        assert isinstance(presented, PresentedIdentifier)
        return presented


def _told_exact(explained: messages.ExplainResponse) -> Told:
    return {"status": "ok" if explained.is_exact else "not what was stored"}


def _settlement(settled: Settled) -> messages.Settlement:
    return messages.Settlement(
        shift=settled.shift,
        receipt_number=settled.receipt_number,
        certificates_sold=[
            messages.SoldCertificate(position=position, code=code)
            for position, code in settled.sells
        ],
    )


def _sent(call: SaleCall) -> messages.Receipt:
    shown = call.identifier
    sent = receipt_message(
        call.receipt, identifier_message(shown.kind, shown.value) if shown is not None else None
    )
    if call.is_training:
        sent.mode = messages.RECEIPT_MODE_TRAINING
    return sent
