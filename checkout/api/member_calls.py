"""CheckoutService: a member's cards and statement; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from uuid_utils.compat import uuid7

from checkout.api.decode import Decoder, decode_id
from checkout.api.encode import encode_member
from checkout.api.gate import CALLER
from checkout.api.moments import decode_moment, encode_moment
from checkout.api.pages import decode_page_size
from checkout.api.violations import Violations, expect, present, unless_refused
from checkout.flows.answers import BindAnswer
from checkout.flows.bind_card import BindCardOperation
from checkout.flows.statement import StatementCall
from checkout.ledger.interventions import Cause
from checkout.refusals import Reason
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceServicer

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.flows.directory import Directory
    from checkout.flows.group_commit import GroupCommit
    from checkout.flows.statement import StatementEntry, StatementFlow
    from checkout.ledger.open_debts import OpenDebt

    Context = ServicerContext[Any, Any]

CURRENCY_CHARACTERS_MAX: Final = 64
_SEQUENCE_MAX: Final = 2**63 - 1
_DEBTS_MAX: Final = 100
_KINDS: Final = {
    "sale": pb.ENTRY_KIND_SALE,
    "return": pb.ENTRY_KIND_RETURN,
    "adjustment": pb.ENTRY_KIND_ADJUSTMENT,
    "opening": pb.ENTRY_KIND_OPENING,
    "debt": pb.ENTRY_KIND_DEBT,
    "credit": pb.ENTRY_KIND_CREDIT,
    "activation": pb.ENTRY_KIND_ACTIVATION,
    "expiry": pb.ENTRY_KIND_EXPIRY,
    "undo": pb.ENTRY_KIND_UNDO,
    "leaving": pb.ENTRY_KIND_LEAVING,
    "gift": pb.ENTRY_KIND_GIFT,
    "gift_back": pb.ENTRY_KIND_GIFT_BACK,
    "transfer": pb.ENTRY_KIND_TRANSFER,
}


class MemberCalls(CheckoutServiceServicer):
    """Calls about one member that are no sale."""

    def __init__(
        self,
        *,
        directory: Directory,
        decoder: Decoder,
        statements: StatementFlow,
        group_commit: GroupCommit,
    ) -> None:
        self._directory = directory
        self._decoder = decoder
        self._statements = statements
        self._group_commit = group_commit

    async def BindCard(  # noqa: N802 - named by the contract
        self, request: pb.BindCardRequest, context: Context
    ) -> pb.BindCardResponse:
        del context
        caller = CALLER.get()
        partner = self._directory.partner(caller.partner_id)
        found = Violations()
        decode_id("request_id", request.request_id, found)
        shown = self._decoder.identifier(request.identifier, partner, found)
        found.require("card", request.card)
        card = None
        if request.card:
            card = self._decoder.identifier_of("card", request.card, partner, found, "card")
        if request.replace and shown is not None and (shown.kind != "card" or shown == card):
            found.add(
                Reason.FIELD_INVALID, "replace", "a card that is shown is replaced by another one"
            )
        found.raise_if_any()
        till = f"till {caller.store_code}/{caller.terminal_code}"
        operation = BindCardOperation(
            caller,
            request_id=request.request_id,
            shown=present(shown),
            card=present(card),
            replace=request.replace,
            binding=Cause(uuid7(), till, "", is_till=True),
            replacing=Cause(uuid7(), till, "replaced", is_till=True),
        )
        return encode_bound(expect(await self._group_commit.run(operation), BindAnswer))

    async def GetStatement(  # noqa: N802
        self, request: pb.GetStatementRequest, context: Context
    ) -> pb.GetStatementResponse:
        del context
        caller = CALLER.get()
        partner = self._directory.partner(caller.partner_id)
        found = Violations()
        identifier = self._decoder.identifier(request.identifier, partner, found)
        found.text("currency", request.currency, CURRENCY_CHARACTERS_MAX)
        size = decode_page_size(request.page_size, found)
        below = _page_token(request.page_token, found)
        as_of = decode_moment("as_of", request.as_of, found)
        found.raise_if_any()
        call = StatementCall(present(identifier), request.currency, size, below, as_of)
        page = unless_refused(await self._statements.page(caller, call))
        return pb.GetStatementResponse(
            currency=page.currency,
            exponent=page.exponent,
            entries=map(_encode_entry, page.entries),
            next_page_token=str(page.below) if page.below is not None else "",
            balance_minor=page.balance_minor,
            debt_minor=(
                sum(debt.open_minor for debt in page.debts) if call.below is None else None
            ),
            debts=map(_encode_debt, page.debts[:_DEBTS_MAX]),
        )


def encode_bound(answer: BindAnswer) -> pb.BindCardResponse:
    """A card that is a member's now."""
    return pb.BindCardResponse(member=encode_member(answer.member), replaced=answer.replaced)


def _encode_entry(entry: StatementEntry) -> pb.StatementEntry:
    row = entry.row
    return pb.StatementEntry(
        sequence=row.seq,
        at=encode_moment(row.at),
        kind=_KINDS.get(row.kind, pb.ENTRY_KIND_UNSPECIFIED),
        purchase_id=row.purchase_id,
        receipt_id=str(row.receipt_id) if row.receipt_id is not None else "",
        amount_minor=row.amount,
        balance_after_minor=row.balance_after,
        lots=[
            pb.StatementLot(
                amount_minor=lot.amount_minor,
                active_from=encode_moment(lot.active_from),
                expires_at=encode_moment(lot.expires_at),
            )
            for lot in entry.lots
        ],
    )


def _encode_debt(debt: OpenDebt) -> pb.StatementDebt:
    origin = debt.origin
    return pb.StatementDebt(
        at=encode_moment(origin.at),
        kind=_KINDS.get(origin.kind, pb.ENTRY_KIND_UNSPECIFIED),
        purchase_id=origin.purchase_id,
        receipt_id=str(origin.receipt_id) if origin.receipt_id is not None else "",
        correction_id=str(origin.correction_id) if origin.correction_id is not None else "",
        owed_minor=debt.owed_minor,
        open_minor=debt.open_minor,
    )


def _page_token(token: str, found: Violations) -> int | None:
    """Where the page begins; none: the first page."""
    if not token:
        return None
    if token.isascii() and token.isdigit() and 0 < int(token[:20]) <= _SEQUENCE_MAX:
        return int(token[:20])
    found.add(Reason.FIELD_INVALID, "page_token", "page_token is the one of the page before")
    return None
