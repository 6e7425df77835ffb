-- name: lock_certificates
-- After the members, sorted. One statement is enough: of a row that somebody else changes meanwhile, FOR UPDATE returns
-- what it is once the lock is had.
select
    c.bucket, c.certificate_id, c.partner_id, c.series_code, c.digest, c.masked, c.unit, c.face, c.remaining, c.held,
    c.seq, c.issued_at, c.activated_at, c.active_from, c.expires_at, c.blocked_at, c.sold_by,
    c.batch_id, c.owed, c.moved_to, c.moved_before
from certificate c
join unnest($1::smallint[], $2::uuid[], $3::bytea[]) as w (bucket, partner_id, digest)
    on c.bucket = w.bucket and c.partner_id = w.partner_id and c.digest = w.digest
order by c.bucket, c.partner_id, c.digest
for update of c

-- name: lock_heirs
-- Codes that something on these was moved to, and what was on those, in one statement: for what comes back. Nobody waits
-- for them, as they are locked out of order. One that was moved by somebody else between reading and locking has an heir
-- that is not among them.
with recursive heir (bucket, partner_id, digest, moved_to, moved_before) as (
    select n.bucket, n.partner_id, n.digest, n.moved_to, n.moved_before
    from unnest($1::smallint[], $2::uuid[], $3::bytea[]) as w (bucket, partner_id, digest)
    join certificate c on c.bucket = w.bucket and c.partner_id = w.partner_id and c.digest = w.digest
    join certificate n
        on n.bucket = (crc32(c.moved_to) % 64)::smallint and n.partner_id = c.partner_id and n.digest = c.moved_to
    union
    select n.bucket, n.partner_id, n.digest, n.moved_to, n.moved_before
    from heir h
    cross join lateral unnest(array[h.moved_to, h.moved_before]) as next (digest)
    join certificate n
        on n.bucket = (crc32(next.digest) % 64)::smallint and n.partner_id = h.partner_id and n.digest = next.digest
)
select
    c.bucket, c.certificate_id, c.partner_id, c.series_code, c.digest, c.masked, c.unit, c.face, c.remaining, c.held,
    c.seq, c.issued_at, c.activated_at, c.active_from, c.expires_at, c.blocked_at, c.sold_by,
    c.batch_id, c.owed, c.moved_to, c.moved_before
from certificate c
join heir h on c.bucket = h.bucket and c.partner_id = h.partner_id and c.digest = h.digest
order by c.bucket, c.partner_id, c.digest
for update of c nowait

-- name: read_certificates
-- The same as of now, without locks: for quotes.
select
    c.bucket, c.certificate_id, c.partner_id, c.series_code, c.digest, c.masked, c.unit, c.face, c.remaining, c.held,
    c.seq, c.issued_at, c.activated_at, c.active_from, c.expires_at, c.blocked_at, c.sold_by,
    c.batch_id, c.owed, c.moved_to, c.moved_before
from certificate c
join unnest($1::smallint[], $2::uuid[], $3::bytea[]) as w (bucket, partner_id, digest)
    on c.bucket = w.bucket and c.partner_id = w.partner_id and c.digest = w.digest

-- name: write_certificates
-- Only of batches in which certificates were issued, or moved.
with
batch_written as (
    insert into certificate_batch (
        bucket, batch_id, partner_id, series_code, unit, face, count, issued_at, author, reason
    )
    select * from unnest(
        :certificate_batch.bucket::smallint[], :certificate_batch.batch_id::uuid[],
        :certificate_batch.partner_id::uuid[], :certificate_batch.series_code::text[],
        :certificate_batch.unit::text[], :certificate_batch.face::bigint[], :certificate_batch.count::bigint[],
        :certificate_batch.issued_at::timestamptz[], :certificate_batch.author::text[],
        :certificate_batch.reason::text[]
    )
),
certificate_written as (
    insert into certificate (
        bucket, certificate_id, partner_id, series_code, digest, masked, unit, face, remaining, held, seq, issued_at,
        activated_at, active_from, expires_at, blocked_at, sold_by, batch_id, owed, moved_to, moved_before
    )
    select * from unnest(
        :certificate.bucket::smallint[], :certificate.certificate_id::uuid[], :certificate.partner_id::uuid[],
        :certificate.series_code::text[], :certificate.digest::bytea[], :certificate.masked::text[],
        :certificate.unit::text[], :certificate.face::bigint[], :certificate.remaining::bigint[],
        :certificate.held::bigint[], :certificate.seq::bigint[], :certificate.issued_at::timestamptz[],
        :certificate.activated_at::timestamptz[], :certificate.active_from::timestamptz[],
        :certificate.expires_at::timestamptz[], :certificate.blocked_at::timestamptz[], :certificate.sold_by::uuid[],
        :certificate.batch_id::uuid[], :certificate.owed::bigint[],
        :certificate.moved_to::bytea[], :certificate.moved_before::bytea[]
    )
),
certificate_changed as (
    update certificate t set
        face = new.face, remaining = new.remaining, held = new.held, seq = new.seq, activated_at = new.activated_at,
        active_from = new.active_from, expires_at = new.expires_at, blocked_at = new.blocked_at, sold_by = new.sold_by,
        owed = new.owed, moved_to = new.moved_to
    from unnest(
        :certificate_changed.bucket::smallint[], :certificate_changed.certificate_id::uuid[],
        :certificate_changed.face::bigint[], :certificate_changed.remaining::bigint[],
        :certificate_changed.held::bigint[], :certificate_changed.seq::bigint[],
        :certificate_changed.activated_at::timestamptz[], :certificate_changed.active_from::timestamptz[],
        :certificate_changed.expires_at::timestamptz[], :certificate_changed.blocked_at::timestamptz[],
        :certificate_changed.sold_by::uuid[], :certificate_changed.owed::bigint[],
        :certificate_changed.moved_to::bytea[]
    ) as new (
        bucket, certificate_id, face, remaining, held, seq, activated_at, active_from, expires_at, blocked_at, sold_by,
        owed, moved_to
    )
    where t.bucket = new.bucket and t.certificate_id = new.certificate_id
)
insert into certificate_entry (
    bucket, month, certificate_id, seq, partner_id, against, unit, amount, balance_after, receipt_id, at, reason, author
)
select * from unnest(
    :certificate_entry.bucket::smallint[], :certificate_entry.month::date[],
    :certificate_entry.certificate_id::uuid[], :certificate_entry.seq::bigint[],
    :certificate_entry.partner_id::uuid[], :certificate_entry.against::text[], :certificate_entry.unit::text[],
    :certificate_entry.amount::bigint[], :certificate_entry.balance_after::bigint[],
    :certificate_entry.receipt_id::uuid[], :certificate_entry.at::timestamptz[], :certificate_entry.reason::text[],
    :certificate_entry.author::text[]
)
