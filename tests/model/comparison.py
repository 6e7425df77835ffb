"""What can be seen of the shop, in the model and in the database: it must be the same."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

import orjson

from tests.model import shop
from tests.model.points import HOME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asyncpg import Connection

    from tests.model.desk import Desk
    from tests.model.model import Model

#: By kind and name: numbers.
Seen = dict[str, dict[str, Any]]

#: State, thousandths that have come back, and whose points they move: unless it was cancelled.
_PURCHASES: Final = """
select k.purchase_id, k.state, k.returned,
       coalesce(c.household_id, c.member_id,
                r.household_id, r.member_id, h.household_id, h.member_id)::text
from purchase_key k
left join receipt r on r.receipt_id = k.receipt_id
left join credit c on c.credit_id = k.credit_id
left join hold h on h.hold_id = k.hold_id and k.state = 'held'
"""


def seen_in_model(model: Model) -> Seen:
    """The model's side."""
    rooms = {name: (room.used, room.held) for name, room in model.rooms.items()}
    certificates = {
        name: (_size(name) - room.used, room.held) if room is not None else (0, 0)
        for name, room in model.certificates.items()
    }
    sales: Counter[str] = Counter()
    purchases = {}
    for name, purchase in model.purchases.items():
        state = "held" if purchase.state == "lapsed" else purchase.state
        purse = "" if state == "cancelled" else purchase.purse
        back = {at: milli for at, milli in purchase.back.items() if milli}
        purchases[name] = (state, back, purse)
        if state == "confirmed" and purchase.owner and not purchase.is_all_back:
            sales[purchase.owner] += 1
    lots = [
        (name, lot.starts, lot.ends, lot.left, lot.held, lot.frozen)
        for name, purse in model.purses.items()
        for lot in purse.lots
    ]
    return {
        "points by dates": _by_dates(lots),
        "debts": {name: purse.debt for name, purse in model.purses.items() if purse.debt},
        "rooms": {name: room for name, room in rooms.items() if any(room)},
        "certificates": certificates,
        "purchases": purchases,
        "sales": dict(sales),
        "households": dict.fromkeys(sorted(model.at_home), HOME),
        "names": {m.absorbed: m.survivor for m in model.merges.values() if not m.is_undone},
        "frozen accounts": {n: True for n, purse in model.purses.items() if purse.is_frozen},
    }


async def seen_in_database(connection: Connection[Any], desk: Desk) -> Seen:
    """The service's side, as its tables have it."""
    owners = {member_id: card for card, member_id in desk.members.items()}
    owners[desk.household] = HOME
    rooms: dict[str, tuple[int, int]] = {}
    for row in await connection.fetch("select * from limit_slot"):
        owner = row["campaign_code"] + " " + owners.get(str(row["owner_id"]), "")
        name = owner if row["campaign_code"] else "allowance"
        rooms[f"{name} {row['slot_start'].date()}"] = (row["used"], row["held"])
    for row in await connection.fetch("select * from budget"):
        rooms["bread"] = (row["uses_used"], row["uses_held"])
        rooms[shop.BREAD_MONEY] = (row["discount_used"], row["discount_held"])
    for row in await connection.fetch("select right(masked, 4) as name, used, held from coupon"):
        rooms[row["name"]] = (row["used"], row["held"])
    for row in await connection.fetch("select stock, held from gift_stock"):
        rooms["mug"] = (shop.MUGS - row["stock"], row["held"])
    names = {code[-4:]: name for name, code in desk.codes.items()}
    lots = await connection.fetch(
        "select member_id::text, active_from, expires_at, remaining + expired, held, frozen"
        " from lot where member_id::text = any($1)",
        list(owners),
    )
    debts = await connection.fetch("select member_id::text, debt from account where debt > 0")
    certificates = await connection.fetch(
        "select right(masked, 4), remaining, held from certificate"
    )
    purchases = await connection.fetch(_PURCHASES)
    members = await connection.fetch(
        "select member_id::text, purchases, household_id::text, merged_into::text from member"
    )
    frozen = await connection.fetch(
        "select member_id::text from account where frozen_at is not null"
    )
    return {
        "points by dates": _by_dates((owners[lot[0]], *lot[1:]) for lot in lots),
        "debts": {owners[who]: debt for who, debt in debts},
        "rooms": {name: room for name, room in rooms.items() if any(room)},
        "certificates": {names[end]: (left, held) for end, left, held in certificates},
        "purchases": {
            name: (state, _milli(back), owners.get(purse, ""))
            for name, state, back, purse in purchases
        },
        "sales": {owners[who]: made for who, made, *_ in members if who in owners and made},
        "households": {owners[who]: owners[home] for who, _, home, _ in members if home},
        "names": {owners[who]: owners[into] for who, _, _, into in members if into},
        "frozen accounts": {owners[who]: True for (who,) in frozen},
    }


def without_attribution(seen: Seen, now: dt.datetime) -> Seen:
    """The same without what depends on which of several equal lots was spent first.

    What has begun is one sum, less what is owed; what begins later is another.
    """
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for owner, debt in seen["debts"].items():
        sums[f"{owner} now"][0] -= debt
    for key, lots in seen["points by dates"].items():
        owner, starts, *_ = key.split(" ")
        begun = "now" if dt.date.fromisoformat(starts) <= now.date() else "later"
        found = sums[f"{owner} {begun}"]
        for amount, held, frozen in lots:
            found[0], found[1] = found[0] + amount, found[1] + held + frozen
    points = {owner: (left, bound) for owner, (left, bound) in sums.items() if left or bound}
    return {**seen, "points by dates": points, "debts": {}}


def differences(model: Seen, database: Seen) -> list[str]:
    """What is not the same, in words."""
    return [
        f"{kind} of {name}: {model[kind].get(name)} in the model,"
        f" {database[kind].get(name)} in the database"
        for kind in model
        for name in sorted({*model[kind], *database[kind]})
        if model[kind].get(name) != database[kind].get(name)
    ]


def _size(certificate: str) -> int:
    return shop.RIDES if certificate.startswith("w") else shop.FACE_MINOR


def _milli(returned: str) -> dict[int, int]:
    return {int(at): milli for at, milli in orjson.loads(returned).items() if milli}


def _by_dates(
    lots: Iterable[tuple[str, dt.datetime, dt.datetime, int, int, int]],
) -> dict[str, list[tuple[int, int, int]]]:
    """Left, held and frozen, by owner and days: of each moment from which there are such lots."""
    found: dict[str, dict[dt.datetime, list[int]]] = defaultdict(dict)
    for owner, starts, ends, *amounts in lots:
        moments = found[f"{owner} {starts.date()} to {ends.date()}"]
        before = moments.get(starts, [0, 0, 0])
        moments[starts] = [one + more for one, more in zip(before, amounts, strict=True)]
    filled = {
        key: [(a, b, c) for _, (a, b, c) in sorted(moments.items()) if a or b or c]
        for key, moments in found.items()
    }
    return {key: sums for key, sums in filled.items() if sums}
