"""The client of a till whose calls all go over one Session stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.client import CheckoutClient
from checkout.client.session import SessionClient

if TYPE_CHECKING:
    from types import TracebackType


class SessionTillClient(CheckoutClient):
    """The same calls as the unary client's, as frames."""

    def __init__(self, target: str, token: str, *, timeout_factor: int = 1) -> None:
        super().__init__(target, token, timeout_factor=timeout_factor)
        self._session = SessionClient(target, token)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._session.__aexit__(kind, error, traceback)
        await super().__aexit__(kind, error, traceback)

    async def _call(self, method: Any, request: object, timeout_s: float) -> Any:  # noqa: ANN401
        del method
        return await self._session.call(request, timeout_s * self._timeout_factor)
