-- name: read_corrections
-- Corrections that operators name, what their postings moved, and bulks. Only batches with such calls ask.
with wanted as (
    select c.*
    from unnest($1::smallint[], $2::uuid[]) as w (bucket, correction_id)
    join correction c on c.bucket = w.bucket and c.correction_id = w.correction_id
)
select
    (
        select array_agg(row(
            c.bucket, c.correction_id, c.partner_id, c.member_id, c.currency, c.amount_minor, c.days, c.reason,
            c.author, c.made_at, c.bulk_id, c.line, c.state, c.decided_at, c.decided_by, c.decision_reason, c.month,
            c.undo_id, c.household_id
        ))
        from wanted c
    ) as corrections,
    (
        select array_agg(row(c.correction_id, m.lot_id, m.amount))
        from wanted c
        join lot_movement m
            on m.bucket = crc32(uuid_send(coalesce(c.household_id, c.member_id))) % 64 and m.month = c.month and m.posting_id = c.correction_id
        where c.state = 'booked'
    ) as movements,
    (
        select array_agg(row(
            b.bucket, b.bulk_id, b.partner_id, b.code, b.file_hash, b.file_name, b.reason, b.author, b.opened_at
        ))
        from unnest($3::smallint[], $4::uuid[]) as w (bucket, bulk_id)
        join bulk b on b.bucket = w.bucket and b.bulk_id = w.bulk_id
    ) as bulks

-- name: write_corrections
-- Bulks, new corrections, and what became of old ones; their postings are in the same transaction.
with
bulk_written as (
    insert into bulk (
        bucket, bulk_id, partner_id, code, file_hash, file_name, reason, author, opened_at
    )
    select * from unnest(
        :bulk.bucket::smallint[], :bulk.bulk_id::uuid[], :bulk.partner_id::uuid[], :bulk.code::text[],
        :bulk.file_hash::bytea[], :bulk.file_name::text[], :bulk.reason::text[], :bulk.author::text[],
        :bulk.opened_at::timestamptz[]
    )
),
correction_changed as (
    update correction t set
        state = new.state, decided_at = new.decided_at, decided_by = new.decided_by,
        decision_reason = new.decision_reason, month = new.month, undo_id = new.undo_id,
        household_id = new.household_id
    from unnest(
        :correction_changed.bucket::smallint[], :correction_changed.correction_id::uuid[],
        :correction_changed.state::text[], :correction_changed.decided_at::timestamptz[],
        :correction_changed.decided_by::text[], :correction_changed.decision_reason::text[],
        :correction_changed.month::date[], :correction_changed.undo_id::uuid[],
        :correction_changed.household_id::uuid[]
    ) as new (bucket, correction_id, state, decided_at, decided_by, decision_reason, month, undo_id, household_id)
    where t.bucket = new.bucket and t.correction_id = new.correction_id
)
insert into correction (
    bucket, correction_id, partner_id, member_id, currency, amount_minor, days, reason, author, made_at, bulk_id,
    line, state, decided_at, decided_by, decision_reason, month, undo_id, household_id
)
select * from unnest(
    :correction.bucket::smallint[], :correction.correction_id::uuid[], :correction.partner_id::uuid[],
    :correction.member_id::uuid[], :correction.currency::text[], :correction.amount_minor::bigint[],
    :correction.days::integer[], :correction.reason::text[], :correction.author::text[],
    :correction.made_at::timestamptz[], :correction.bulk_id::uuid[], :correction.line::integer[],
    :correction.state::text[], :correction.decided_at::timestamptz[], :correction.decided_by::text[],
    :correction.decision_reason::text[], :correction.month::date[], :correction.undo_id::uuid[],
    :correction.household_id::uuid[]
)

-- name: find_bulk
-- A bulk, and what its corrections have come to.
select
    b.bucket, b.bulk_id, b.partner_id, b.code, b.file_hash, b.file_name, b.reason, b.author, b.opened_at,
    (
        select array_agg(row(found.state, found.currency, found.rows, found.given, found.taken))
        from (
            select
                c.state, c.currency, count(*) as rows,
                coalesce(sum(c.amount_minor) filter (where c.amount_minor > 0), 0)::bigint as given,
                coalesce(-sum(c.amount_minor) filter (where c.amount_minor < 0), 0)::bigint as taken
            from correction c
            where c.bulk_id = b.bulk_id
            group by c.state, c.currency
            order by c.state, c.currency
        ) found
    ) as counts
from bulk b
where b.bucket = $1 and b.bulk_id = $2

-- name: list_bulk_corrections
-- Corrections of a bulk below a line, of one state or of all.
select
    c.bucket, c.correction_id, c.partner_id, c.member_id, c.currency, c.amount_minor, c.days, c.reason,
    c.author, c.made_at, c.bulk_id, c.line, c.state, c.decided_at, c.decided_by, c.decision_reason, c.month, c.undo_id
from correction c
where c.bulk_id = $1 and c.line > $2 and ($3 = '' or c.state = $3)
order by c.line
limit $4

-- name: list_proposed_corrections
-- What waits for another author, the oldest first; the bulk's name beside it.
select
    c.bucket, c.correction_id, c.partner_id, c.member_id, c.currency, c.amount_minor, c.days, c.reason,
    c.author, c.made_at, c.bulk_id, c.line, c.state, c.decided_at, c.decided_by, c.decision_reason, c.month, c.undo_id,
    coalesce(b.code, '') as bulk_code
from correction c
left join bulk b on b.bulk_id = c.bulk_id
where c.partner_id = $1 and c.state = 'proposed' and (c.made_at, c.correction_id) > ($2, $3)
order by c.made_at, c.correction_id
limit $4
