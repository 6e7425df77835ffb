"""What can be seen of the shop, in the model and in the database: it must be the same."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

import orjson

from tests.model import shop
from tests.model.points import HOME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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

#: Lots, of which purchase or correction they are. One that was moved begins like its source.
_NAMED: Final = """
with of_purchase as (
    select p.bucket, p.posting_id, p.kind,
           coalesce(k.purchase_id, c.purchase_id, r.purchase_id, p.reason) as name
    from posting p
    left join purchase_key k on k.receipt_id = p.receipt_id
    left join credit c on c.credit_id = p.receipt_id
    left join return_receipt r on r.return_receipt_id = p.receipt_id
), begun as (
    select substr(uuid_send(l.lot_id), 1, 12) as began, l.active_from, l.expires_at, o.name
    from lot l
    join of_purchase o using (bucket, posting_id)
    where o.kind <> 'transfer'
), named as (
    select l.*, b.name, b.began
    from lot l
    join begun b using (active_from, expires_at)
    where b.began = substr(uuid_send(l.lot_id), 1, 12)
)
"""
_LOTS: Final = f"""{_NAMED}
select member_id::text, name, active_from, expires_at, remaining + expired, held, frozen, began
from named where member_id::text = any($1) order by expires_at, active_from, began
"""
#: What purchases, gifts and corrections took, what holds keep, and what operators froze.
_TAKEN: Final = f"""{_NAMED}
select o.name as taker, n.name, n.active_from, n.expires_at, -(m.amount + m.expired) as amount
from lot_movement m
join of_purchase o using (bucket, posting_id)
join named n using (bucket, member_id, lot_id)
where o.kind in ('sale', 'gift', 'adjustment') and m.amount + m.expired < 0
union all
select k.purchase_id, n.name, n.active_from, n.expires_at, (h.lots ->> n.lot_id::text)::bigint
from purchase_key k
join hold h using (hold_id)
join named n on h.lots ? n.lot_id::text
where k.state = 'held'
union all
select 'freeze ' || f.points_minor, n.name, n.active_from, n.expires_at,
       (f.lots ->> n.lot_id::text)::bigint
from point_freeze f
join named n on f.lots ? n.lot_id::text
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
        (name, lot.name, *lot.days, lot.left, lot.held, lot.frozen)
        for name, purse in model.purses.items()
        for lot in purse.lots
    ]
    return {
        "lots": _by_name(lots),
        "taken": _taken(_takers(model)),
        "debts": {name: purse.debt for name, purse in model.purses.items() if purse.debt},
        "rooms": {name: room for name, room in rooms.items() if any(room)},
        "certificates": certificates,
        "purchases": purchases,
        "sales": dict(sales),
        "households": dict.fromkeys(sorted(model.at_home), HOME),
        "names": {m.absorbed: m.survivor for m in model.merges.values() if not m.is_undone},
        "frozen accounts": {n: True for n, purse in model.purses.items() if purse.is_frozen},
        "erased": {name: True for who in model.erased for name in model.names_of(who)},
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
    lots = await connection.fetch(_LOTS, list(owners))
    taken = await connection.fetch(_TAKEN)
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
    erased = await connection.fetch("select member_id from member where erased_at is not null")
    return {
        "lots": _by_name(
            (owners[who], name, starts.date(), ends.date(), *amounts)
            for who, name, starts, ends, *amounts, _ in lots
        ),
        "taken": _taken(
            (taker, name, starts.date(), ends.date(), amount)
            for taker, name, starts, ends, amount in taken
        ),
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
        "erased": {owners[str(who)]: True for (who,) in erased},
    }


async def turns_of_lots(
    connection: Connection[Any], desk: Desk
) -> list[tuple[str, dt.date, dt.date]]:
    """Of all lots the name and the days, in the order in which the service spends them."""
    owners = [*desk.members.values(), desk.household]
    lots = await connection.fetch(_LOTS, owners)
    # What was moved is the same lot somewhere else.
    turns = {(*tuple(row)[2:4], row["began"]): row for row in lots}
    return [(row[1], row[2].date(), row[3].date()) for row in turns.values()]


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


def _by_name(
    lots: Iterable[tuple[str, str, dt.date, dt.date, int, int, int]],
) -> dict[str, tuple[int, int, int]]:
    """Left, held and frozen of each that is not empty, by owner, name and days."""
    found: dict[str, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for owner, name, starts, ends, left, held, frozen in lots:
        key = f"{owner} {name} {starts} to {ends}"
        before = found[key]
        found[key] = before[0] + left, before[1] + held, before[2] + frozen
    return {key: amounts for key, amounts in found.items() if any(amounts)}


def _takers(model: Model) -> Iterator[tuple[str, str, dt.date, dt.date, int]]:
    """Who took or keeps how much of which lot."""
    took = [
        (name, each.lots)
        for name, each in model.purchases.items()
        if each.state in {"held", "lapsed", "confirmed"}
    ]
    took += [(name, each.lots) for name, each in model.gifts.items()]
    took += [(name, lots) for name, (_, amount, lots, _) in model.corrections.items() if amount < 0]
    took += [
        (f"freeze {sum(part for _, part in lots)}", lots) for lots, _ in model.freezes.values()
    ]
    for taker, lots in took:
        for lot, amount in lots:
            yield taker, lot.name, *lot.days, amount


def _taken(rows: Iterable[tuple[str, str, dt.date, dt.date, int]]) -> dict[str, int]:
    """Sums: in which order copies of one lot are spent, which moves made, says nothing."""
    found: Counter[str] = Counter()
    for taker, name, starts, ends, amount in rows:
        found[f"{taker} of {name} {starts} to {ends}"] += amount
    return {key: amount for key, amount in found.items() if amount}
