"""Calls of the service for somebody who is signed in: their login is the author.

The admin's process has one credential of OperatorService, as loaders have; who may press which
button the matrix says, and whose name stands in the ledger the session says. Without a credential
pages read as ever, and say that nothing can be done from here.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException

from checkout.client import OperatorClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from admin.staff.principal import Principal

#: People wait longer than tills: three seconds for what is read, ten for what is changed.
TIMEOUT_FACTOR: Final = 10


class Operators:
    """Where the service is, and what lets us in."""

    def __init__(self, target: str, credential: str, ca_pem: bytes | None = None) -> None:
        self._target = target
        self._credential = credential
        self._ca_pem = ca_pem

    @property
    def has_credential(self) -> bool:
        """Whether the service lets these pages in."""
        return bool(self._credential)

    def require(self) -> None:
        """Refuse what would be done here and then told to the service, if nobody lets us in.

        Raises:
            HTTPException: 503, there is no credential.
        """
        if not self._credential:
            raise HTTPException(503, "error.no_service")

    @asynccontextmanager
    async def calling(self, partner: str, author: str) -> AsyncIterator[OperatorClient]:
        """A client for the block; its calls raise `CallRefusedError`.

        Raises:
            HTTPException: 503, there is no credential.
        """
        self.require()
        async with OperatorClient(
            self._target,
            self._credential,
            partner=partner,
            author=author,
            timeout_factor=TIMEOUT_FACTOR,
            ca_pem=self._ca_pem,
        ) as client:
            yield client

    @asynccontextmanager
    async def of(self, principal: Principal) -> AsyncIterator[OperatorClient]:
        """A client for somebody who is signed in.

        Raises:
            HTTPException: 503, there is no credential; 400, they have chosen no partner.
        """
        if not principal.partner_code:
            raise HTTPException(400, "refused.no_partner")
        async with self.calling(principal.partner_code, principal.login) as client:
            yield client
