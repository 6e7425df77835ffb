"""Limits as CSV: a line for each limit, or for each place that has used some of a shared one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from admin.limits.amounts import plain_amount_of
from admin.limits.asked import BUDGET, is_shared
from admin.limits.listing import parts_of_file
from admin.records.export import csv_line, csv_start
from admin.texts import say
from checkout.engine.schema.limits import Measure, Subject
from checkout.primitives import format_minor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from admin.database import Sessions
    from admin.limits.asked import Asked
    from admin.limits.listing import Listed, Ruled
    from admin.limits.reading import Ref, RuledLimit
    from checkout.wording.sections import Sentence

Line = dict[str, Any]


async def csv_lines(
    sessions: Sessions, asked: Asked, columns: Sequence[str]
) -> AsyncIterator[bytes]:
    """All that the list has, as it was at one moment, some rules at a time."""
    yield csv_start(*columns)
    told: set[Ref] = set()
    async with sessions() as database:
        await database.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        async for listed in parts_of_file(database, asked):
            if not listed.here:
                told.clear()
            lines = lines_of(listed, told)
            yield b"".join(csv_line([one.get(name) for name in columns]) for one in lines)


def lines_of(listed: Listed, told: set[Ref]) -> Iterator[Line]:
    """Lines of a part. `told` has limits of which parts before it, of other stores, had some."""
    for each in listed.ruled:
        for limit in each.limits:
            # What is no store's was added up for the first stores already.
            is_of_stores = limit.document.subject is Subject.STORE
            if listed.here and not is_of_stores:
                continue
            used = list(_of_uses(listed, each, limit))
            if used:
                told.add(limit.ref)
            elif limit.ref not in told and not (is_of_stores and listed.further):
                used = [_of_limit(listed, each, limit)]
            yield from used
        if not listed.here:
            yield from _of_budget(listed, each)


def _of_uses(listed: Listed, each: Ruled, limit: RuledLimit) -> Iterator[Line]:
    for use in listed.uses.get(limit.ref, ()):
        store = listed.stores.get(use.subject_id)
        yield _of_limit(listed, each, limit) | {
            "store_code": store.code if store is not None else "",
            "sku": use.sku,
            "used": _amount(listed, limit, use.standing.used),
            "left": _amount(listed, limit, use.standing.left),
        }


def _of_limit(listed: Listed, each: Ruled, limit: RuledLimit) -> Line:
    document = limit.document
    bound = _amount(listed, limit, document.bound)
    # An interval bounds no amount: it is used, or it is not.
    is_free = is_shared(limit) and document.measure is not Measure.INTERVAL
    return _of_rules(each) | {
        "code": document.code,
        "what": _said(limit.words) if limit.words else document.name,
        "subject": document.subject.value,
        "period": document.period.value,
        "measure": document.measure.value,
        "bound": bound,
        "used": _amount(listed, limit, 0) if is_free else "",
        "left": bound if is_free else "",
    }


def _of_budget(listed: Listed, each: Ruled) -> Iterator[Line]:
    """Of a budget a line for its money, and one for its uses."""
    exponents = {"discount_minor": listed.worth.money.exponent, "uses": 0}
    for name, exponent in exponents.items():
        bound = (each.budget or {}).get(name)
        if bound is None:
            continue
        used = getattr(each.used, name, 0) or 0
        yield _of_rules(each) | {
            "what": say("limit.budget"),
            "subject": BUDGET,
            "measure": name.removesuffix("_minor"),
            "bound": format_minor(bound, exponent),
            "used": format_minor(used, exponent),
            "left": format_minor(max(bound - used, 0), exponent),
        }


def _of_rules(each: Ruled) -> Line:
    return {
        "campaign_code": each.campaign_code,
        "campaign_name": each.name if each.campaign_code else "",
        "program_code": each.program_code,
    }


def _said(words: Sentence) -> str:
    return " ".join((words.text, *map(_said, words.inside)))


def _amount(listed: Listed, limit: RuledLimit, amount: int) -> str:
    return plain_amount_of(limit, amount, listed.worth, listed.ground)
