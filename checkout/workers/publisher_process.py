"""Another process checks and publishes many rules: it takes seconds, and tills wait for none.

It is asked and answers by one JSON text, and ends.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any, Final

import orjson
import structlog

from checkout.engine.problems import Problem
from checkout.flows.publish import Checked, Faulty, Published, faulty
from checkout.store.errors import Failure, StoreError
from checkout.wording.speech import spoken

if TYPE_CHECKING:
    from uuid import UUID

#: The program that is started.
PROGRAM: Final = "checkout.launch.publisher"
#: Longest time that it may take: whoever asked has given up by then.
TIMEOUT_S: Final = 60.0

_log = structlog.get_logger(__name__)


class PublisherProcess:
    """Starts the process, once for each call."""

    def __init__(self, postgres_dsn: str) -> None:
        self._postgres_dsn = postgres_dsn

    async def publish(self, partner_id: UUID, author: str, note: str) -> Published | Faulty:
        """Publish a partner's rules.

        Raises:
            StoreError: the database cannot be used, or the process did not end well.
        """
        told = await self._ask(partner_id, {"author": author, "note": note})
        return _faulty_of(told) or Published(**told["published"])

    async def check(self, partner_id: UUID) -> Checked | Faulty:
        """Say what publishing would do, and what looks strange.

        Raises:
            StoreError: the database cannot be used, or the process did not end well.
        """
        told = await self._ask(partner_id, None)
        found = _faulty_of(told)
        if found is not None:
            return found
        warnings = [Problem(**each) for each in told["checked"].pop("warnings")]
        return Checked(**told["checked"], warnings=warnings)

    async def _ask(self, partner_id: UUID, publishing: dict[str, str] | None) -> dict[str, Any]:
        asked = {
            "dsn": self._postgres_dsn,
            "partner_id": str(partner_id),
            "publishing": publishing,
            # What it says of rules is of plain texts by then.
            "language": spoken(),
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", PROGRAM),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(TIMEOUT_S):
                said, _ = await process.communicate(orjson.dumps(asked))
        except TimeoutError:
            _log.exception("publisher.late", timeout_s=TIMEOUT_S)
            raise StoreError(Failure.UNAVAILABLE) from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            _log.error("publisher.failed", returncode=process.returncode)
            raise StoreError(Failure.UNAVAILABLE)
        told: dict[str, Any] = orjson.loads(said)
        return told


def _faulty_of(told: dict[str, Any]) -> Faulty | None:
    problems = [Problem(**each) for each in told.get("problems", ())]
    return faulty(problems) if problems else None
