"""Issuing codes by the thousand: what one call of a job asks for, and the codes that it answered.

Numbers of cards are codes like those of certificates and coupons here, and their type a series. The
codes stand in the service's answers only. The same request key gets the same answer for 72 hours at
least: so a file of codes is asked for again whenever it is taken, and never kept here. A job that
is older than `KEYS_LIVE` is neither gone on with nor asked again: it would issue new ones.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from checkout.client import messages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checkout.client import OperatorClient

#: As the contract bounds a call.
CALL_CODES_MAX: Final = 1_000
#: Well within the 72 hours that the service keeps a request key.
KEYS_LIVE: Final = dt.timedelta(hours=48)


def keys_live(made_at: dt.datetime) -> bool:
    """Whether the service still knows every request key of a job."""
    return made_at > dt.datetime.now(dt.UTC) - KEYS_LIVE


async def issue_call(
    client: OperatorClient,
    job_id: UUID,
    kind: str,
    series: str,
    settings: Mapping[str, Any],
    reason: str,
    *,
    total: int,
    done: int,
) -> list[str]:
    """The codes from number `done` on, at most a thousand: made, or told again.

    Raises:
        CallRefusedError: nothing is known of them.
    """
    count = min(CALL_CODES_MAX, total - done)
    request_id = f"job-{job_id.hex}-{done}"
    if kind == "certificates":
        issued = await client.issue_certificates(
            request_id,
            series,
            reason,
            count=count,
            face=int(settings.get("face", 0)),
            activate=bool(settings.get("activate", False)),
        )
        return [one.code for one in issued.certificates]
    if kind == "cards":
        cards = await client.issue_cards(request_id, series, count, reason)
        return [one.number for one in cards.cards]
    made = await client.issue_coupons(
        messages.IssueCouponsRequest(
            request_id=request_id,
            series=series,
            count=count,
            uses_max=int(settings.get("uses_max", 0)),
            valid_until=str(settings.get("valid_until", "")),
            reason=reason,
        )
    )
    return [one.code for one in made.coupons]
