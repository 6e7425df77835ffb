"""OperatorService: decode → flow → encode, one method a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from uuid_utils.compat import uuid7

from checkout.api.decode import decode_id
from checkout.api.edge import OPERATOR
from checkout.api.encode import encode_balance
from checkout.api.operator_care import (
    ADJUSTMENT_MAX_MINOR,
    REASON_CHARACTERS_MAX,
    decode_code,
    decode_uuid,
)
from checkout.api.operator_certificates import OperatorCertificates
from checkout.api.operator_coupons import OperatorCoupons
from checkout.api.violations import RefusedCall, Violation, Violations
from checkout.flows.adjust import AdjustOperation
from checkout.flows.answers import AdjustAnswer
from checkout.flows.publish import Faulty
from checkout.refusals import Reason
from checkout.v1 import operator_service_pb2 as pb

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.api.decode import Decoder
    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.coupon_codes import CouponCodes
    from checkout.flows.group_commit import GroupCommit
    from checkout.flows.publish import PublishFlow

    Context = ServicerContext[Any, Any]

#: Faults or warnings that an answer names.
PROBLEMS_SHOWN_MAX: Final = 100


class OperatorServicer(OperatorCertificates, OperatorCoupons):
    """What the admin and loaders ask."""

    def __init__(
        self,
        *,
        decoder: Decoder,
        group_commit: GroupCommit,
        codes: CertificateCodes,
        coupon_codes: CouponCodes,
        publishing: PublishFlow,
    ) -> None:
        super().__init__(decoder=decoder, group_commit=group_commit, codes=codes)
        self._coupon_codes = coupon_codes
        self._publishing = publishing

    async def AdjustBalance(  # noqa: N802 - named by the contract
        self, request: pb.AdjustBalanceRequest, context: Context
    ) -> pb.AdjustBalanceResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        decode_code("currency", request.currency, found)
        found.require("reason", request.reason.strip())
        found.text("reason", request.reason, REASON_CHARACTERS_MAX)
        found.between(
            "amount_minor", request.amount_minor, -ADJUSTMENT_MAX_MINOR, ADJUSTMENT_MAX_MINOR
        )
        if request.amount_minor == 0:
            found.add(
                Reason.FIELD_OUT_OF_RANGE, "amount_minor", "a correction gives or takes something"
            )
        member_id = decode_uuid("member_id", request.member_id, found)
        found.raise_if_any()
        answer = await self._run(
            AdjustOperation(
                partner.partner_id,
                request_id=request.request_id,
                member_id=member_id,
                currency=request.currency,
                amount_minor=request.amount_minor,
                reason=request.reason.strip(),
                author=author,
                posting_id=uuid7(),
                lot_id=uuid7(),
            ),
            AdjustAnswer,
        )
        return pb.AdjustBalanceResponse(
            posting_id=str(answer.posting_id), balance=encode_balance(answer.balance)
        )

    async def PublishSnapshot(  # noqa: N802
        self, request: pb.PublishSnapshotRequest, context: Context
    ) -> pb.PublishSnapshotResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        found.text("note", request.note, REASON_CHARACTERS_MAX)
        found.raise_if_any()
        if request.check_only:
            checked = await self._publishing.check(partner.partner_id)
            if isinstance(checked, Faulty):
                raise _faulty(checked)
            return pb.PublishSnapshotResponse(
                snapshot_id=checked.snapshot_id,
                sequence=checked.sequence,
                changed=checked.differs,
                parts=checked.parts,
                warnings=[
                    pb.RuleWarning(field=warning.field, message=warning.message)
                    for warning in checked.warnings[:PROBLEMS_SHOWN_MAX]
                ],
                warnings_total=len(checked.warnings),
            )
        published = await self._publishing.publish(partner.partner_id, author, request.note)
        if isinstance(published, Faulty):
            raise _faulty(published)
        return pb.PublishSnapshotResponse(
            snapshot_id=published.snapshot_id,
            sequence=published.sequence,
            changed=published.changed,
            parts=published.parts,
            parts_new=published.parts_new,
        )


def _faulty(faulty: Faulty) -> RefusedCall:
    return RefusedCall(
        faulty.refusal,
        tuple(
            Violation(Reason.SNAPSHOT_INVALID, problem.field, problem.message, {})
            for problem in faulty.problems[:PROBLEMS_SHOWN_MAX]
        ),
    )
