"""CheckoutService: what tills ask about certificates; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.api.encode_certificates import encode_checked
from checkout.api.gate import CALLER
from checkout.api.member_calls import MemberCalls
from checkout.api.violations import Violations, present, unless_refused
from checkout.v1 import checkout_service_pb2 as pb

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.api.decode import Decoder
    from checkout.flows.check_certificate import CheckCertificateFlow
    from checkout.flows.directory import Directory
    from checkout.flows.group_commit import GroupCommit
    from checkout.flows.statement import StatementFlow

    Context = ServicerContext[Any, Any]


class CertificateCalls(MemberCalls):
    """Calls about one certificate."""

    def __init__(
        self,
        *,
        directory: Directory,
        decoder: Decoder,
        statements: StatementFlow,
        group_commit: GroupCommit,
        checks: CheckCertificateFlow,
    ) -> None:
        super().__init__(
            directory=directory, decoder=decoder, statements=statements, group_commit=group_commit
        )
        self._checks = checks

    async def CheckCertificate(  # noqa: N802 - named by the contract
        self, request: pb.CheckCertificateRequest, context: Context
    ) -> pb.CheckCertificateResponse:
        del context
        caller = CALLER.get()
        found = Violations()
        code = self._decoder.certificates.code(caller.partner_id, request.code, "code", found)
        found.raise_if_any()
        checked = unless_refused(await self._checks.check(caller, present(code).digest))
        return pb.CheckCertificateResponse(certificate=encode_checked(checked))
