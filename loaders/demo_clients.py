"""What the plays of the demo begin with: a till, an operator, a name for the run and a clock."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING, Final, NamedTuple

from checkout.client import CheckoutClient, OperatorClient
from loaders.completejourney.program import PARTNER

if TYPE_CHECKING:
    from loaders.environment import Environment

#: A till's deadlines are so much longer: the machine of a demo does much else meanwhile.
_TILL_TIMEOUT_FACTOR: Final = 10


class ShopTime(NamedTuple):
    """When a receipt is made, as its till's clock shows it."""

    local: dt.datetime
    offset_minutes: int

    @property
    def text(self) -> str:
        """The local time as receipts say it."""
        return self.local.isoformat(timespec="seconds")


def new_run() -> str:
    """A name for what one run of a play asks for, so that a second run repeats nothing."""
    return f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}"


def till_of(environment: Environment, store: str) -> CheckoutClient:
    """The till of a store."""
    return CheckoutClient(
        environment.target, environment.terminal_token(store), timeout_factor=_TILL_TIMEOUT_FACTOR
    )


def operator_of(
    environment: Environment, *, author: str = "loaders", timeout_factor: int = 1
) -> OperatorClient:
    """Somebody who works for the demo's partner."""
    return OperatorClient(
        environment.target,
        environment.service_credential,
        partner=PARTNER.code,
        author=author,
        timeout_factor=timeout_factor,
    )


def shop_time(time_zone: str, earlier: dt.timedelta = dt.timedelta()) -> ShopTime:
    """Now, or so much earlier, with the offset of now."""
    now = dt.datetime.now(zoneinfo.ZoneInfo(time_zone))
    offset = now.utcoffset() or dt.timedelta()
    return ShopTime((now - earlier).replace(tzinfo=None), offset // dt.timedelta(minutes=1))
