-- name: lock_gifts
-- After the budgets, sorted: one exact row per counted gift. One that was never stocked has none, and none of it is left.
select g.bucket, g.partner_id, g.gift_code, g.stock, g.held, g.changed_at
from gift_stock g
join unnest($1::smallint[], $2::uuid[], $3::text[]) as w (bucket, partner_id, gift_code)
    on g.bucket = w.bucket and g.partner_id = w.partner_id and g.gift_code = w.gift_code
order by g.bucket, g.partner_id, g.gift_code
for update of g

-- name: read_gift_stocks
-- All stocks: what a worker keeps in memory for quotes and lists.
select bucket, partner_id, gift_code, stock, held, changed_at from gift_stock

-- name: read_gifts_given
-- Gifts that operators gave, and what their postings moved. Only batches that take some back ask.
with wanted as (
    select g.*
    from unnest($1::smallint[], $2::uuid[], $3::uuid[]) as w (bucket, gift_given_id, partner_id)
    join gift_given g
        on g.bucket = w.bucket and g.gift_given_id = w.gift_given_id and g.partner_id = w.partner_id
)
select
    (
        select array_agg(row(
            g.bucket, g.gift_given_id, g.partner_id, g.program_code, g.gift_code, g.member_id, g.store_code, g.count,
            g.currency, g.points_minor, g.is_counted, g.month, g.given_at, g.author, g.reason, g.taken_back_at,
            g.taken_back_by, g.taken_back_reason, g.household_id
        ))
        from wanted g
    ) as given,
    (
        select array_agg(row(g.gift_given_id, m.lot_id, m.amount))
        from wanted g
        join lot_movement m
            on m.bucket = crc32(uuid_send(coalesce(g.household_id, g.member_id))) % 64 and m.month = g.month
            and m.posting_id = g.gift_given_id
    ) as movements

-- name: read_gifts_had
-- What operators gave members since some moments, and what did not come back. The members' rows are locked: whoever gives
-- one of them something waits, and what was given before is visible.
select g.member_id, g.gift_code, g.gift_given_id, g.count
from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as w (member_id, gift_code, since)
join gift_given g on g.member_id = w.member_id and g.gift_code = w.gift_code and g.given_at >= w.since
where g.taken_back_at is null

-- name: write_gifts
-- What a batch changes of gifts. Stocks are locked, or new under the lock of their key.
with
gift_stock_written as (
    insert into gift_stock (bucket, partner_id, gift_code, stock, held, changed_at)
    select * from unnest(
        :gift_stock.bucket::smallint[], :gift_stock.partner_id::uuid[], :gift_stock.gift_code::text[],
        :gift_stock.stock::bigint[], :gift_stock.held::bigint[], :gift_stock.changed_at::timestamptz[]
    )
    on conflict (bucket, partner_id, gift_code) do update set
        stock = excluded.stock, held = excluded.held, changed_at = excluded.changed_at
),
gift_given_written as (
    insert into gift_given (
        bucket, gift_given_id, partner_id, program_code, gift_code, member_id, store_code, count, currency,
        points_minor, is_counted, month, given_at, author, reason, taken_back_at, taken_back_by, taken_back_reason,
        household_id
    )
    select * from unnest(
        :gift_given.bucket::smallint[], :gift_given.gift_given_id::uuid[], :gift_given.partner_id::uuid[],
        :gift_given.program_code::text[], :gift_given.gift_code::text[], :gift_given.member_id::uuid[],
        :gift_given.store_code::text[], :gift_given.count::bigint[], :gift_given.currency::text[],
        :gift_given.points_minor::bigint[], :gift_given.is_counted::boolean[], :gift_given.month::date[],
        :gift_given.given_at::timestamptz[], :gift_given.author::text[], :gift_given.reason::text[],
        :gift_given.taken_back_at::timestamptz[], :gift_given.taken_back_by::text[],
        :gift_given.taken_back_reason::text[], :gift_given.household_id::uuid[]
    )
),
gift_given_changed as (
    update gift_given t set
        taken_back_at = new.taken_back_at, taken_back_by = new.taken_back_by,
        taken_back_reason = new.taken_back_reason
    from unnest(
        :gift_given_changed.bucket::smallint[], :gift_given_changed.gift_given_id::uuid[],
        :gift_given_changed.taken_back_at::timestamptz[], :gift_given_changed.taken_back_by::text[],
        :gift_given_changed.taken_back_reason::text[]
    ) as new (bucket, gift_given_id, taken_back_at, taken_back_by, taken_back_reason)
    where t.bucket = new.bucket and t.gift_given_id = new.gift_given_id
)
insert into gift_entry (
    bucket, month, moved_by, partner_id, gift_code, campaign_code, kind, count, is_counted, member_id, at, author,
    reason
)
select * from unnest(
    :gift_entry.bucket::smallint[], :gift_entry.month::date[], :gift_entry.moved_by::uuid[],
    :gift_entry.partner_id::uuid[], :gift_entry.gift_code::text[], :gift_entry.campaign_code::text[],
    :gift_entry.kind::text[], :gift_entry.count::bigint[], :gift_entry.is_counted::boolean[],
    :gift_entry.member_id::uuid[], :gift_entry.at::timestamptz[], :gift_entry.author::text[],
    :gift_entry.reason::text[]
)
