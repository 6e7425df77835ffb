"""Statements can be routed by bucket: on an engine that places rows by it, one shard has them all.

What cannot is listed with the reason, finding by finding: a statement that has one more fails, and
so does a listed finding that is no more. docs/growing.md says what an installation does about each.
"""

from __future__ import annotations

from typing import Final

import pytest

from checkout.store.queries import QUERIES
from tests.tidy.routing import BUCKET, Finding, findings_of, schema, tables_of

U, L, G = Finding.UNBOUND, Finding.LEADS, Finding.GATHERS
WHOLE: Final = ""

#: Small and read by everybody, or rules: a copy on each shard ("reference tables").
EVERYWHERE: Final = {
    "campaign",
    "campaign_stop",
    "card_type",
    "category",
    "chain",
    "directory_version",
    "member_list",
    "tag",
    "coupon_series",
    "member_attribute",
    "segment",
    "outbox_forgotten",
    "partner",
    "product",
    "program",
    "publication",
    "published_campaign",
    "published_rules",
    "snapshot",
    "snapshot_part",
    "store",
    "terminal",
    "terminal_token",
    "window_rule",
}

#: Unique without regard to the bucket: a distributed engine can hold that within a shard only.
UNIQUE_ACROSS_BUCKETS: Final = {
    ("correction", "correction_of_bulk"): "a bulk's lines lie with their members; keys guard them",
    ("invalidation", "primary key"): "a queue in the order of its numbers, of no bucket",
    ("member_merge", "member_merge_of_absorbed"): "the locked row of the absorbed member guards it",
    ("outbox_pending", "primary key"): "a uuid, unique by itself",
    ("person_link", "person_link_of_member"): "the lock of the person's key guards it",
    ("person_link", "person_link_of_partner"): "the lock of the person's key guards it",
}

_KEYS: Final = "keys lie in a bucket of their own and name that of what they lead to: two shards"
_OLD_SALE: Final = "returns: what a sale used of others is found by its id, in the others' buckets"
_MANY_OWNERS: Final = "writes rows of several owners: sent once per bucket, in one transaction"
_OTHER_NAMES: Final = "merged members, households and persons lie in buckets of their own"
_OF_MEMBER: Final = "found by its member; it lies in the bucket of its own code or id"
_MOVED: Final = "returns: what a moved certificate paid follows it to codes in buckets of their own"
_IN_TURN: Final = "a worker asks all shards in turn with the others, never a call of a till"
_OPERATORS: Final = "asked by operators about a bulk or a day, seldom"
_SHIFTS: Final = "by store and day, once a shift: sales lie with their members"

EXCEPTIONS: Final[dict[str, tuple[str, set[tuple[Finding, str]]]]] = {
    # ---- what calls of tills ask
    "read_keys": (
        _KEYS,
        {
            (G, WHOLE),
            (L, "credit"),
            (L, "hold"),
            (L, "receipt"),
            (L, "return_receipt"),
            (L, "return_without_receipt"),
        },
    ),
    "find_request": (_KEYS, {(L, "receipt")}),
    "find_purchase": (_KEYS, {(L, "credit"), (L, "hold"), (L, "receipt")}),
    "find_sale": (_KEYS, {(L, "receipt")}),
    "read_sales": (
        _OLD_SALE,
        {
            (G, WHOLE),
            (L, "credit"),
            (L, "tag_given"),
            (U, "budget_use"),
            (U, "coupon"),
            (U, "coupon_use"),
            (U, "gift_entry"),
            (U, "limit_slot"),
            (U, "limit_use"),
        },
    ),
    "read_sale_state": (_OLD_SALE, {(G, WHOLE)}),
    "lock_heirs": (_MOVED, {(L, "certificate")}),
    "lock_members": (_OTHER_NAMES, {(L, WHOLE)}),
    "read_names": (_OTHER_NAMES, {(U, "member")}),
    "read_member_coupons": (_OF_MEMBER, {(U, "coupon")}),
    "write_book": (_MANY_OWNERS, {(G, WHOLE)}),
    "write_cards": (_MANY_OWNERS, {(G, WHOLE)}),
    "write_certificates": (_MANY_OWNERS, {(G, WHOLE)}),
    "write_coupons": (_MANY_OWNERS, {(G, WHOLE)}),
    "write_enrolment": (_MANY_OWNERS, {(G, WHOLE)}),
    "write_gifts": (_MANY_OWNERS, {(G, WHOLE)}),
    "read_shift": (
        _SHIFTS,
        {(U, "receipt"), (U, "return_receipt"), (U, "return_without_receipt")},
    ),
    # ---- what operators and the pages for managers ask
    "write_interventions": (_MANY_OWNERS, {(G, WHOLE)}),
    "write_corrections": (_MANY_OWNERS, {(G, WHOLE)}),
    "write_identities": (_MANY_OWNERS, {(G, WHOLE)}),
    "write_erasures": (_OF_MEMBER, {(U, "identifier"), (U, "person_link")}),
    "read_identities": (_OTHER_NAMES, {(G, WHOLE), (U, "person_link")}),
    "read_merged": (_OTHER_NAMES, {(L, "lot"), (U, "hold"), (U, "member_merge")}),
    "find_links": (_OTHER_NAMES, {(U, "member_merge"), (U, "person_link")}),
    "read_member_receipts": (_OTHER_NAMES, {(L, WHOLE)}),
    "read_debts": (_OF_MEMBER, {(U, "correction")}),
    "read_corrections": (_OF_MEMBER, {(G, WHOLE), (L, "lot_movement")}),
    "read_gifts_given": (_OF_MEMBER, {(L, "lot_movement")}),
    "read_gifts_had": (_OF_MEMBER, {(U, "gift_given")}),
    "find_bulk": (_OPERATORS, {(U, "correction")}),
    "list_bulk_corrections": (_OPERATORS, {(U, "correction")}),
    "list_proposed_corrections": (_OPERATORS, {(U, "bulk"), (U, "correction")}),
    "read_store_numbers": (_OPERATORS, {(U, "receipt")}),
    "read_overruns": (
        _OPERATORS,
        {(L, "identifier"), (U, "limit_use"), (U, "receipt")},
    ),
    # ---- what workers ask in the background
    "due_holds": (_IN_TURN, {(U, "hold")}),
    "due_certificates": (_IN_TURN, {(U, "certificate")}),
    "due_lots": (_IN_TURN, {(U, "lot")}),
    "due_visits": (
        _IN_TURN,
        {(U, "member"), (U, "member_window"), (U, "participation"), (U, "visit_pending")},
    ),
    "read_visits": (
        _IN_TURN,
        {(L, "credit"), (L, "purchase_key"), (L, "receipt"), (U, "return_line")},
    ),
    "write_visits": (_IN_TURN, {(G, WHOLE)}),
    "queue_visits_again": (
        _IN_TURN,
        {(L, WHOLE), (L, "purchase_key"), (U, "credit"), (U, "receipt")},
    ),
    "read_gift_stocks": (_IN_TURN, {(U, "gift_stock")}),
    "read_budgets": (_IN_TURN, {(U, "budget")}),
    "read_shared_slots": (_IN_TURN, {(U, "limit_slot")}),
    "take_invalidations": (_IN_TURN, {(U, "invalidation")}),
    "take_pending_events": (_IN_TURN, {(U, "outbox_pending")}),
    "forget_requests": (_IN_TURN, {(U, "request_key")}),
}


def bucketed() -> set[str]:
    return {name for name, table in schema().items() if table.has_bucket}


def test_what_has_no_bucket_is_the_same_everywhere() -> None:
    """A table has a bucket, or is one of those that each shard has a copy of."""
    assert set(schema()) - bucketed() == EVERYWHERE


def test_what_is_unique_is_so_within_a_bucket() -> None:
    """Each primary key begins with the bucket; what else is unique has it, or is listed."""
    without = {
        (name, key)
        for name in bucketed()
        for key, columns in schema()[name].unique.items()
        if BUCKET not in columns or (key == "primary key" and columns[0] != BUCKET)
    }
    assert without == set(UNIQUE_ACROSS_BUCKETS)


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_statement_can_be_routed_by_bucket(name: str) -> None:
    """Each use of a table with a bucket has it from the caller, or is listed as an exception."""
    reason, expected = EXCEPTIONS.get(name, ("no exception", set()))
    found = findings_of(QUERIES[name], bucketed())
    assert found == expected, f"{name} ({reason})"


def test_no_exception_is_about_a_statement_that_is_gone() -> None:
    """Whoever removes a statement removes its exception."""
    assert not set(EXCEPTIONS) - set(QUERIES)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("select balance from account where bucket = $1 and member_id = $2", set()),
        ("select balance from account where bucket = any($1::smallint[])", set()),
        ("select balance from account where member_id = $1", {(U, "account")}),
        ("select 1 from account where bucket = $1 or member_id = $2", {(U, "account")}),
        ("select 1 from account where not bucket = $1", {(U, "account")}),
        ("select 1 from account a join lot l using (bucket, member_id) where a.bucket = $1", set()),
        ("select 1 from account a join lot l using (member_id) where a.bucket = $1", {(U, "lot")}),
        ("select 1 from account a join lot l on l.bucket = a.bucket", {(U, "account"), (U, "lot")}),
        (
            (
                "select 1 from purchase_key k join receipt r on r.bucket = k.home_bucket"
                " where k.bucket = $1"
            ),
            {(L, "receipt")},
        ),
        (
            "select 1 from member m where m.bucket = crc32(uuid_send($1)) % 64",
            {(L, "member")},
        ),
        (
            (
                "with w as (select * from unnest($1::smallint[], $2::uuid[]) as w (bucket, id))"
                " update member m set purchases = 0 from w where m.bucket = w.bucket"
            ),
            set(),
        ),
        ("update member set purchases = 0 where member_id = $1", {(U, "member")}),
        ("delete from hold where bucket = $1 and hold_id = $2", set()),
        ("insert into account (member_id, currency) values ($1, $2)", {(U, "account")}),
        (
            (
                "with a as (insert into account (bucket, member_id)"
                " select * from unnest($1::smallint[], $2::uuid[]))"
                " insert into lot (bucket, member_id)"
                " select * from unnest($3::smallint[], $4::uuid[])"
            ),
            {(G, WHOLE)},
        ),
        ("select 1 from account a join lot l using (bucket)", {(U, "account"), (U, "lot")}),
        (
            "select 1 from account a join lot l using (bucket) left join hold h using (bucket)",
            {(U, "account"), (U, "lot"), (U, "hold")},
        ),
        (
            (
                "select 1 from unnest($1::smallint[]) as w (bucket)"
                " join lot l using (bucket) left join hold h using (bucket)"
            ),
            set(),
        ),
        # The bound of a left join's ON does not keep away rows of what stands before it.
        (
            "select 1 from account a left join lot l on l.bucket = a.bucket and a.bucket = $1",
            {(U, "account"), (U, "lot")},
        ),
        (
            "select 1 from account a left join lot l on a.bucket = $1 and l.bucket = $1",
            {(U, "account")},
        ),
        (
            "select 1 from account a left join lot l on l.bucket = a.bucket where a.bucket = $1",
            set(),
        ),
        (
            "select 1 from lot l right join account a on l.bucket = $1 and a.bucket = $1",
            {(U, "account")},
        ),
        (
            "select 1 from lot l full join account a on l.bucket = $1 and a.bucket = $1",
            {(U, "account"), (U, "lot")},
        ),
        # Two buckets that the caller names need not be the same.
        ("select 1 from account a, lot l where a.bucket = $1 and l.bucket = $1", set()),
        ("select 1 from account a, lot l where a.bucket = $1 and l.bucket = $2", {(G, WHOLE)}),
        (
            (
                "with gone as (delete from hold where bucket = any($1::smallint[]))"
                " insert into lot (bucket, member_id) values ($2::smallint, $3)"
            ),
            {(G, WHOLE)},
        ),
        ("insert into lot (bucket, member_id) values ($1, $2)", set()),
        # What is written lies where its bucket says.
        (
            "insert into lot (bucket, lot_id) select home_bucket, $2 from hold where bucket = $1",
            {(L, "lot")},
        ),
        (
            "insert into lot (bucket, lot_id) select bucket, $2 from hold where bucket = $1",
            set(),
        ),
        (
            (
                "insert into lot (bucket, lot_id) select bucket, $2 from hold where bucket = $1"
                " union all select home_bucket, $2 from hold where bucket = $1"
            ),
            {(L, "lot")},
        ),
        (
            (
                "with w as (select home_bucket as bucket from purchase_key where bucket = $1)"
                " insert into lot (bucket) select bucket from w"
            ),
            {(L, WHOLE)},
        ),
    ],
)
def test_the_check_itself(query: str, found: set[tuple[Finding, str]]) -> None:
    """It finds what is planted, and nothing in what is right."""
    assert findings_of(query, bucketed()) == found


def test_the_check_sees_what_is_unique() -> None:
    """Of a table of its own it finds keys in each form in which they may be written."""
    [table] = tables_of(
        "create table t (\n    a uuid constraint a_taken unique,\n    bucket smallint not null,\n"
        "    constraint pair_taken unique (bucket, a),\n    primary key (bucket, a)\n);\n"
        "create unique index t_of_a on t (a) where a is not null;\n"
    ).values()
    assert table.unique == {
        "a_taken": ("a",),
        "pair_taken": (BUCKET, "a"),
        "primary key": (BUCKET, "a"),
        "t_of_a": ("a",),
    }
