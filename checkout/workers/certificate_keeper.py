"""Books certificates that have ended, apart from sales, as lots are (`lot_keeper`)."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import structlog

from checkout.flows.answers import BookedAnswer
from checkout.flows.book_certificates import BookCertificatesOperation
from checkout.flows.pricing import QUOTE_VALIDITY

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from uuid import UUID

    from checkout.flows.group_commit import GroupCommit
    from checkout.store.reference import ReferenceStore

#: They end with a day.
EVERY: Final = "* * * * *"
LOOK_MAX: Final = 500
#: Locked in one transaction: a sale that is paid with one of them waits for it.
CERTIFICATES_MAX: Final = 16

_log = structlog.get_logger(__name__)


class CertificateKeeper:
    """Finds certificates that are due, and hands them to a group commit of their own."""

    def __init__(
        self,
        reference: ReferenceStore,
        background_commit: GroupCommit,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._reference = reference
        self._commit = background_commit
        self._clock = clock

    async def step(self) -> None:
        """Book all that is due now; what is busy waits for the next step."""
        busy = False
        while not busy:
            due = await self._reference.due_certificates(self._clock() - QUOTE_VALIDITY, LOOK_MAX)
            if not due:
                return
            for partner_id in sorted({partner_id for partner_id, _ in due}):
                digests = [digest for partner, digest in due if partner == partner_id]
                for first in range(0, len(digests), CERTIFICATES_MAX):
                    some = digests[first : first + CERTIFICATES_MAX]
                    busy |= not await self._book(partner_id, some)
        _log.warning("certificates.busy")

    async def _book(self, partner_id: UUID, digests: list[bytes]) -> bool:
        """Whether something was booked: else a sale or another worker has them now."""
        begun = time.monotonic()
        answer = await self._commit.run(BookCertificatesOperation(partner_id, digests))
        await asyncio.sleep(time.monotonic() - begun)
        return isinstance(answer, BookedAnswer) and answer.postings > 0
