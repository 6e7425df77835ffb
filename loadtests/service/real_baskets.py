"""The same ratios with real baskets: those of one store of the demo's year, of all sizes.

The rules are the demo's, too: 92,331 articles, some 30 campaigns, real coupons. The echo gives
the answers to these very baskets, in turn.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import statistics
import tempfile
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loaders.completejourney.receipts import draw_receipts
from loaders.demo_clients import till_of
from loaders.tills import await_rules
from loadtests.service.books import verified_rows
from loadtests.service.measure import latency_figures, measure_confirms, measure_quotes
from loadtests.service.messages_file import write_messages
from loadtests.service.requests import ANSWERS_FILE, BASKETS_FILE, quoted_name
from loadtests.service.shop import receipt_now, running_shop
from loadtests.service.stand import Stand, serving_echo
from loadtests.service.unmade import SHOP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.client import messages
    from loadtests.engine.figures import Figure
    from loadtests.service.measure import Effort
    from loadtests.service.shop import Shop

BASKETS: Final = 400
#: Receipts keep their time, so that what applies to them does not change with the hour. That of a
#: till which is so far ahead of the service is good for nearly half an hour.
CLOCK_AHEAD: Final = dt.timedelta(minutes=14)
#: Of each run: less than of ten lines, so that all of them end while the receipts' time is good.
SECONDS_MAX: Final = 3.0


def measure_real_baskets(effort: Effort) -> Iterator[Figure]:
    """Quotes over an echo, confirms over pgbench, and p99 of both, as of ten lines.

    Raises:
        RuntimeError: an answer was wrong, or the verifier finds something: the run is void.
    """
    effort = replace(
        effort,
        seconds=min(effort.seconds, SECONDS_MAX),
        open_s=min(effort.open_s, SECONDS_MAX),
        is_brief=True,
    )
    with _running_stand() as stand:
        figures = [*measure_quotes(stand, effort), *measure_confirms(stand, effort)]
        if effort.open_s:
            figures += latency_figures(stand, effort, figures)
        asyncio.run(verified_rows(stand.dsn, SHOP))
    for figure in figures:
        yield replace(figure, name=f"real_{figure.name}")


@contextmanager
def _running_stand() -> Iterator[Stand]:
    """A worker on the demo's data, and the echo of its answers."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        shop = stack.enter_context(running_shop(limits_close=False))
        [(store, _)] = Counter(shop.dataset.baskets.stores()).most_common(1)
        receipts, answers = asyncio.run(_quote(shop, store))
        write_messages(folder / BASKETS_FILE, receipts)
        echo = stack.enter_context(serving_echo(folder / ANSWERS_FILE, answers))
        lines = [len(receipt.lines) for receipt in receipts]
        yield Stand(
            dsn=shop.database.dsn,
            redis_url=shop.database.redis_url,
            postgres_pid=shop.database.postgres_pid,
            valkey_pid=shop.database.valkey_pid,
            worker=shop.worker,
            echo=echo,
            answer_bytes=sum(answer.ByteSize() for answer in answers) // len(answers),
            environment=shop.worker_environment,
            pepper=shop.environment.pepper,
            token=shop.environment.terminal_token(store),
            baskets=folder,
            about=(
                f"real baskets, mean {statistics.mean(lines):.1f} lines, median"
                f" {statistics.median(lines):.0f}, a member, the demo's campaigns"
            ),
        )


async def _quote(
    shop: Shop, store: str
) -> tuple[list[messages.Receipt], list[messages.QuoteResponse]]:
    """Baskets of the store, each as likely, and their answers."""
    stores = shop.dataset.baskets.stores()
    indexes = [index for index, each in enumerate(stores) if each == store]
    receipts, answers = [], []
    async with till_of(shop.environment, store) as till:
        await await_rules(till)
        for number, drawn in enumerate(draw_receipts(shop.dataset, BASKETS, indexes)):
            receipts.append(receipt_now(number, drawn, CLOCK_AHEAD))
            # The echo's answers say which of the baskets they are for, as the service's do.
            answers.append(await till.quote(quoted_name(number), receipts[-1]))
    return receipts, answers
