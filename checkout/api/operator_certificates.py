"""OperatorService: certificates are issued, blocked and moved; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from uuid_utils.compat import uuid7

from checkout.api.decode import decode_id
from checkout.api.gate import OPERATOR
from checkout.api.moments import encode_moment
from checkout.api.operator_care import OperatorCare, decode_code, decode_reason, decode_uuid
from checkout.api.violations import Violations
from checkout.flows.answers import BlockAnswer, IssueAnswer, MoveAnswer
from checkout.flows.certificates import (
    BlockCertificateOperation,
    IssueCertificatesOperation,
    MoveCertificateOperation,
)
from checkout.ledger.certificates import MovedBy
from checkout.primitives import AMOUNT_MAX_MINOR
from checkout.refusals import Reason
from checkout.v1 import operator_service_pb2 as pb

if TYPE_CHECKING:
    from typing import Any
    from uuid import UUID

    from grpc.aio import ServicerContext

    from checkout.api.decode import Decoder
    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.group_commit import GroupCommit

    Context = ServicerContext[Any, Any]

ISSUED_MAX: Final = 1_000


class OperatorCertificates(OperatorCare):
    """Calls about certificates."""

    def __init__(
        self, *, decoder: Decoder, group_commit: GroupCommit, codes: CertificateCodes
    ) -> None:
        super().__init__(decoder=decoder, group_commit=group_commit)
        self._codes = codes

    async def IssueCertificates(  # noqa: N802 - named by the contract
        self, request: pb.IssueCertificatesRequest, context: Context
    ) -> pb.IssueCertificatesResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        decode_code("series", request.series, found)
        found.between("count", request.count, 1, ISSUED_MAX)
        found.between("face", request.face, 0, AMOUNT_MAX_MINOR)
        reason = decode_reason(request.reason, found)
        found.raise_if_any()
        operation = IssueCertificatesOperation(
            partner.partner_id,
            request_id=request.request_id,
            series=request.series,
            count=request.count,
            face=request.face or None,
            activates=request.activate,
            batch_id=uuid7(),
            codes=self._codes,
            cause=MovedBy(reason=reason, author=author),
        )
        answer = await self._run(operation, IssueAnswer)
        return pb.IssueCertificatesResponse(
            certificates=[
                self._issued(partner.partner_id, certificate_id)
                for certificate_id in answer.certificate_ids
            ],
            unit=answer.unit,
            face=answer.face,
            expires_at=encode_moment(answer.expires_at),
        )

    async def BlockCertificate(  # noqa: N802
        self, request: pb.BlockCertificateRequest, context: Context
    ) -> pb.BlockCertificateResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        digest = self._digest(partner.partner_id, request, found)
        reason = decode_reason(request.reason, found)
        found.raise_if_any()
        operation = BlockCertificateOperation(
            partner.partner_id,
            request_id=request.request_id,
            digest=digest,
            lift=request.lift,
            cause=MovedBy(reason=reason, author=author),
        )
        answer = await self._run(operation, BlockAnswer)
        return pb.BlockCertificateResponse(blocked=answer.blocked, changed=answer.changed)

    async def MoveCertificate(  # noqa: N802
        self, request: pb.MoveCertificateRequest, context: Context
    ) -> pb.MoveCertificateResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        digest = self._digest(partner.partner_id, request, found)
        reason = decode_reason(request.reason, found)
        found.raise_if_any()
        operation = MoveCertificateOperation(
            partner.partner_id,
            request_id=request.request_id,
            digest=digest,
            successor_id=uuid7(),
            codes=self._codes,
            cause=MovedBy(reason=reason, author=author),
        )
        answer = await self._run(operation, MoveAnswer)
        return pb.MoveCertificateResponse(
            certificate=self._issued(partner.partner_id, answer.certificate_id),
            unit=answer.unit,
            moved=answer.moved,
        )

    def _issued(self, partner_id: UUID, certificate_id: UUID) -> pb.IssuedCertificate:
        code = self._codes.code_of(partner_id, certificate_id)
        return pb.IssuedCertificate(certificate_id=str(certificate_id), code=code)

    def _digest(
        self,
        partner_id: UUID,
        request: pb.BlockCertificateRequest | pb.MoveCertificateRequest,
        found: Violations,
    ) -> bytes:
        """The certificate that is named, by its code or by the id of one with a code of ours."""
        match request.WhichOneof("certificate"):
            case "code":
                code = self._decoder.certificates.code(partner_id, request.code, "code", found)
                return code.digest if code is not None else b""
            case "certificate_id":
                certificate_id = decode_uuid("certificate_id", request.certificate_id, found)
                return self._codes.made(partner_id, certificate_id).digest
            case _:
                found.add(
                    Reason.FIELD_REQUIRED, "code", "name the certificate by its code or its id"
                )
                return b""
