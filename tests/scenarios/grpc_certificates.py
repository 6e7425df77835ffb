"""Certificates of a story behind real gRPC."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Final

from checkout.client import CallRefusedError
from tests.scenarios.told_messages import told_certificate, told_moment

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from checkout.client import CheckoutClient, OperatorClient

    Told = dict[str, Any]

REASON: Final = "as the story tells"


class GrpcCertificates(ABC):
    """What `GrpcShop` does with certificates beside sales."""

    _tills: dict[str, CheckoutClient]

    async def issue_certificate(
        self, series: str, face: int, request_id: str, *, activate: bool
    ) -> Told:
        operator = await self._operators()
        return await told_or_refused(
            operator.issue_certificates(request_id, series, REASON, face=face, activate=activate),
            lambda done: {
                "status": "ok",
                "code": done.certificates[0].code,
                "unit": done.unit,
                "face": done.face,
                "expires_at": told_moment(done.expires_at),
            },
        )

    async def check_certificate(self, store: str, code: str) -> Told:
        return await told_or_refused(self._tills[store].check_certificate(code), told_certificate)

    async def block_certificate(self, code: str, request_id: str, *, lift: bool) -> Told:
        operator = await self._operators()
        return await told_or_refused(
            operator.block_certificate(request_id, code, REASON, lift=lift),
            lambda done: {"status": "ok", "blocked": done.blocked, "changed": done.changed},
        )

    async def move_certificate(self, code: str, request_id: str) -> Told:
        operator = await self._operators()
        return await told_or_refused(
            operator.move_certificate(request_id, code, REASON),
            lambda done: {
                "status": "ok",
                "code": done.certificate.code,
                "unit": done.unit,
                "moved": done.moved,
            },
        )

    @abstractmethod
    async def _operators(self) -> OperatorClient:
        """The partner's operator."""


async def told_or_refused(asked: Awaitable[Any], teller: Any) -> Told:
    try:
        answer = await asked
    except CallRefusedError as error:
        return {"status": "refused", "reason": error.reason}
    told: Told = teller(answer)
    return told
