"""OperatorService: corrections, single and in bulk, and what other authors decide about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from uuid_utils.compat import uuid7

from checkout.api.decode import ID_CHARACTERS_MAX, decode_id
from checkout.api.encode import encode_balance, encode_reason
from checkout.api.gate import OPERATOR
from checkout.api.moments import encode_moment
from checkout.api.operator_care import (
    REASON_CHARACTERS_MAX,
    OperatorCare,
    decode_cause,
    decode_code,
    decode_uuid,
)
from checkout.api.pages import PAGE_TOKEN_CHARACTERS_MAX
from checkout.api.violations import Violations, expect, unless_refused
from checkout.flows.adjust import AdjustOperation
from checkout.flows.answers import AdjustAnswer, BulkAnswer, CorrectionsAnswer
from checkout.flows.bulk_adjust import (
    BULK_ROWS_MAX,
    CORRECTION_MAX_MINOR,
    BulkAdjustOperation,
    BulkFile,
    BulkRow,
    refused,
)
from checkout.flows.decide_corrections import DecideOperation, UndoOperation
from checkout.refusals import Reason
from checkout.v1 import operator_service_pb2 as pb

if TYPE_CHECKING:
    from typing import Any
    from uuid import UUID

    from grpc.aio import ServicerContext

    from checkout.flows.answers import CorrectionResult
    from checkout.flows.correction_lookup import CorrectionLookup
    from checkout.flows.directory import PartnerEntry
    from checkout.ledger.correction_rows import Correction

    Context = ServicerContext[Any, Any]

#: Days for which points that are given can be spent.
DAYS_MAX: Final = 36_500
HASH_BYTES: Final = 32
FILE_NAME_CHARACTERS_MAX: Final = 255
LINE_MAX: Final = 10**9
CORRECTIONS_MAX: Final = 100
POINTS_CHARACTERS_MAX: Final = 32
_STATES: Final = {
    "": pb.CORRECTION_STATE_UNSPECIFIED,
    "proposed": pb.CORRECTION_STATE_PROPOSED,
    "booked": pb.CORRECTION_STATE_BOOKED,
    "rejected": pb.CORRECTION_STATE_REJECTED,
    "undone": pb.CORRECTION_STATE_UNDONE,
    "refused": pb.CORRECTION_STATE_REFUSED,
}
_STATE_NAMES: Final = {value: name for name, value in _STATES.items()}


class OperatorCorrections(OperatorCare):
    """Calls that correct balances."""

    _corrections: CorrectionLookup

    async def AdjustBalance(  # noqa: N802 - named by the contract
        self, request: pb.AdjustBalanceRequest, context: Context
    ) -> pb.AdjustBalanceResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        decode_code("currency", request.currency, found)
        cause = decode_cause(request.reason, author, found)
        found.between(
            "amount_minor", request.amount_minor, -CORRECTION_MAX_MINOR, CORRECTION_MAX_MINOR
        )
        if request.amount_minor == 0:
            found.add(
                Reason.FIELD_OUT_OF_RANGE, "amount_minor", "a correction gives or takes something"
            )
        found.between("days", request.days, 0, DAYS_MAX)
        if request.days and request.amount_minor < 0:
            found.add(Reason.FIELD_INVALID, "days", "points that are taken have no days")
        member_id = decode_uuid("member_id", request.member_id, found)
        found.raise_if_any()
        answer = await self._run(
            AdjustOperation(
                partner.partner_id,
                request_id=request.request_id,
                member_id=member_id,
                currency=request.currency,
                amount_minor=request.amount_minor,
                reason=cause.reason,
                author=author,
                correction_id=uuid7(),
                days=request.days,
                four_eyes_above_minor=partner.four_eyes_above_minor,
            ),
            AdjustAnswer,
        )
        return pb.AdjustBalanceResponse(
            posting_id=str(answer.posting_id) if answer.posting_id is not None else "",
            balance=encode_balance(answer.balance),
            correction_id=str(answer.correction_id),
            state=_STATES[answer.state],
        )

    async def BulkAdjust(  # noqa: N802
        self, request: pb.BulkAdjustRequest, context: Context
    ) -> pb.BulkAdjustResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("bulk", request.bulk, found)
        if len(request.file_hash) != HASH_BYTES:
            found.add(Reason.FIELD_INVALID, "file_hash", "file_hash is a SHA-256 of 32 bytes")
        found.text("file_name", request.file_name, FILE_NAME_CHARACTERS_MAX)
        cause = decode_cause(request.reason, author, found)
        found.between("rows", len(request.rows), 1, BULK_ROWS_MAX)
        found.raise_if_any()
        decoded = [self._row(message, partner) for message in request.rows]
        rows = [row for row in decoded if isinstance(row, BulkRow)]
        done: list[CorrectionResult] = []
        if rows:
            file = BulkFile(
                code=request.bulk,
                file_hash=request.file_hash,
                file_name=request.file_name,
                reason=cause.reason,
                author=author,
            )
            operation = BulkAdjustOperation(
                partner.partner_id, file, rows, partner.four_eyes_above_minor
            )
            commit = self._group_commit
            decide = commit.try_out if request.dry_run else commit.run
            done = expect(await decide(operation), BulkAnswer).rows
        results = iter(done)
        return pb.BulkAdjustResponse(
            rows=[
                _encode_result(next(results) if isinstance(row, BulkRow) else row)
                for row in decoded
            ]
        )

    def _row(self, message: pb.BulkRow, partner: PartnerEntry) -> BulkRow | CorrectionResult:
        """A row, or what is wrong with it: other rows are done all the same."""
        found = Violations()
        found.between("line", message.line, 1, LINE_MAX)
        who = cast("str | None", message.WhichOneof("who"))
        member_id = identifier = None
        if who == "member_id":
            member_id = decode_uuid("member_id", message.member_id, found)
        elif who == "identifier":
            identifier = self._decoder.identifier(message.identifier, partner, found)
        else:
            found.add(Reason.FIELD_REQUIRED, "member_id", "a row names a member")
        decode_code("currency", message.currency, found)
        found.require("points", message.points)
        found.text("points", message.points, POINTS_CHARACTERS_MAX)
        found.between("days", message.days, 0, DAYS_MAX)
        found.text("reason", message.reason, REASON_CHARACTERS_MAX)
        refusal = found.first()
        if refusal is not None:
            return refused(message.line, refusal)
        return BulkRow(
            line=message.line,
            member_id=member_id,
            identifier=identifier,
            currency=message.currency,
            points=message.points,
            days=message.days,
            reason=message.reason.strip(),
        )

    async def GetBulk(  # noqa: N802
        self, request: pb.GetBulkRequest, context: Context
    ) -> pb.GetBulkResponse:
        del context
        partner, _ = OPERATOR.get()
        found = Violations()
        decode_id("bulk", request.bulk, found)
        found.raise_if_any()
        bulk, counts = unless_refused(
            await self._corrections.bulk(partner.partner_id, request.bulk)
        )
        return pb.GetBulkResponse(
            bulk=bulk.code,
            file_hash=bulk.file_hash,
            file_name=bulk.file_name,
            reason=bulk.reason,
            author=bulk.author,
            opened_at=encode_moment(bulk.opened_at),
            counts=[
                pb.BulkCount(
                    state=_STATES[count.state],
                    currency=count.currency,
                    rows=count.rows,
                    given_minor=count.given_minor,
                    taken_minor=count.taken_minor,
                )
                for count in counts
            ],
        )

    async def ListCorrections(  # noqa: N802
        self, request: pb.ListCorrectionsRequest, context: Context
    ) -> pb.ListCorrectionsResponse:
        del context
        partner, _ = OPERATOR.get()
        found = Violations()
        found.text("bulk", request.bulk, ID_CHARACTERS_MAX)
        state = _STATE_NAMES.get(request.state)
        if state is None or state == "refused":
            found.add(Reason.FIELD_INVALID, "state", "no correction is in this state")
        if not request.bulk and state not in {"", "proposed"}:
            found.add(Reason.FIELD_INVALID, "state", "without a bulk only what is proposed is told")
        found.between("page_size", request.page_size, 0, CORRECTIONS_MAX)
        found.text("page_token", request.page_token, PAGE_TOKEN_CHARACTERS_MAX)
        found.raise_if_any()
        page = unless_refused(
            await self._corrections.page(
                partner.partner_id,
                request.bulk,
                state or "",
                request.page_size or CORRECTIONS_MAX,
                request.page_token,
            )
        )
        return pb.ListCorrectionsResponse(
            corrections=[_encode_correction(row, bulk) for row, bulk in page.corrections],
            next_page_token=page.next_token,
        )

    async def DecideCorrections(  # noqa: N802
        self, request: pb.DecideCorrectionsRequest, context: Context
    ) -> pb.DecideCorrectionsResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        ids = _correction_ids(request.correction_ids, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = DecideOperation(
            partner.partner_id,
            request_id=request.request_id,
            correction_ids=ids,
            rejects=request.reject,
            reason=cause.reason,
            author=author,
        )
        answer = await self._run(operation, CorrectionsAnswer)
        return pb.DecideCorrectionsResponse(corrections=map(_encode_result, answer.corrections))

    async def UndoCorrections(  # noqa: N802
        self, request: pb.UndoCorrectionsRequest, context: Context
    ) -> pb.UndoCorrectionsResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        ids = _correction_ids(request.correction_ids, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = UndoOperation(
            partner.partner_id,
            request_id=request.request_id,
            correction_ids=ids,
            reason=cause.reason,
            author=author,
            four_eyes_above_minor=partner.four_eyes_above_minor,
        )
        answer = await self._run(operation, CorrectionsAnswer)
        return pb.UndoCorrectionsResponse(corrections=map(_encode_result, answer.corrections))


def _correction_ids(texts: Any, found: Violations) -> list[UUID]:  # noqa: ANN401 - a protobuf container
    """Ids of corrections, each once."""
    found.between("correction_ids", len(texts), 1, CORRECTIONS_MAX)
    ids = [
        decode_uuid(f"correction_ids[{place}]", text, found)
        for place, text in enumerate(texts[:CORRECTIONS_MAX])
    ]
    if len(set(ids)) != len(ids):
        found.add(Reason.FIELD_INVALID, "correction_ids", "each correction is named once")
    return ids


def _encode_result(result: CorrectionResult) -> pb.CorrectionResult:
    refusal = result.refusal
    return pb.CorrectionResult(
        line=result.line,
        correction_id=str(result.correction_id) if result.correction_id is not None else "",
        state=_STATES[result.state],
        changed=result.changed,
        member_id=str(result.member_id) if result.member_id is not None else "",
        balance=encode_balance(result.balance) if result.balance is not None else None,
        owed_minor=result.owed_minor,
        written_off_minor=result.written_off_minor,
        reason=encode_reason(refusal.reason if refusal is not None else None),
        field=refusal.field if refusal is not None else "",
        message=refusal.message if refusal is not None else "",
    )


def _encode_correction(row: Correction, bulk: str) -> pb.Correction:
    return pb.Correction(
        correction_id=str(row.correction_id),
        bulk=bulk,
        line=row.line,
        member_id=str(row.member_id),
        currency=row.currency,
        amount_minor=row.amount_minor,
        reason=row.reason,
        author=row.author,
        made_at=encode_moment(row.made_at),
        state=_STATES[row.state],
        decided_by=row.decided_by,
        decision_reason=row.decision_reason,
    )
