"""The process that checks and publishes many rules, started by a worker (`checkout.workers`).

`python -m checkout.launch.publisher` reads what to do from its standard input and says what came of
it: what was published or found, or the problems of rules that cannot be.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import orjson

from checkout.flows.publish import Checked, Faulty, Published, WholePublishing, said_again
from checkout.store.errors import StoreError
from checkout.store.pool import open_pool
from checkout.store.reference import ReferenceStore
from checkout.store.rules import RulesStore, checked_by

#: Tills go first where cores are few.
NICENESS: Final = 5


async def _publish(asked: dict[str, Any]) -> dict[str, Any]:
    partner_id = UUID(asked["partner_id"])
    async with await open_pool(
        asked["dsn"], connections_max=1, application="checkout publisher"
    ) as pool:
        flow = WholePublishing(RulesStore(pool, checked_by()), ReferenceStore(pool))
        found: Published | Checked | Faulty
        if asked["publishing"] is None:
            found = await flow.check(partner_id)
        else:
            found = await flow.publish(partner_id, **asked["publishing"])
    match found:
        case Published():
            return {"published": found}
        case Checked():
            warnings = said_again(found.warnings, asked["language"])
            return {"checked": replace(found, warnings=warnings)}
        case Faulty():
            return {"problems": said_again(found.problems, asked["language"])}


def main() -> int:
    """Do what is asked for; the exit code."""
    # It is gone in seconds: garbage may wait for that.
    gc.disable()
    with suppress(OSError):
        os.nice(NICENESS)
    try:
        told = asyncio.run(_publish(orjson.loads(sys.stdin.buffer.read())))
    except StoreError as error:
        sys.stderr.write(f"checkout publisher: {error}\n")
        return 1
    sys.stdout.buffer.write(orjson.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
