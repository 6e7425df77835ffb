-- name: certificate_entries
-- Movements of one certificate, the latest first.
select seq, against, amount, balance_after, at, reason, author, purchase_id, store_code, is_return
from admin_certificate_entry
where bucket = :bucket and certificate_id = :certificate_id
order by seq desc
limit :rows_max

-- name: coupon_origin
-- Who issued a coupon and why, or the sale that did.
select author, reason, purchase_id from admin_coupon_origin where bucket = :bucket and code_id = :code_id

-- name: coupon_uses
-- Sales that used a coupon, and returns that gave it back (uses below zero), the latest first.
select at, store_code, purchase_id, member_id, uses, overrun
from admin_coupon_use
where coupon_id = :coupon_id
order by at desc nulls last, receipt_id
limit :rows_max

-- name: series_figures
-- What became of the certificates of a series: how many, and how much; a row for money and one for units, if it has had both. One
-- that is over is not counted as blocked or left; what is over and not booked yet counts as expired.
with code as materialized (
    select bucket, certificate_id, unit, exponent, face, remaining, activated_at, blocked_at, coalesce(expires_at <= now(), false) as is_over
    from admin_certificate
    where series_code = :series
), moved as (
    select
        unit, count(*) filter (where spent <> 0) as spent_count, sum(spent) as spent, sum(expired) as expired
    from (
        select
            c.unit, -sum(e.amount) filter (where e.against = 'spent') as spent,
            -sum(e.amount) filter (where e.against = 'expired') as expired
        from code c
        join admin_certificate_leg e on e.bucket = c.bucket and e.certificate_id = c.certificate_id
        group by c.bucket, c.certificate_id, c.unit
    ) one
    group by unit
), held as (
    select
        unit, exponent, count(*) as issued_count, sum(face) as issued, count(activated_at) as activated_count,
        sum(face) filter (where activated_at is not null) as activated,
        count(*) filter (where remaining > 0 and blocked_at is null and not is_over) as left_count,
        sum(remaining) filter (where blocked_at is null and not is_over) as still_left,
        count(*) filter (where blocked_at is not null and not is_over) as blocked_count,
        sum(remaining) filter (where blocked_at is not null and not is_over) as blocked,
        count(*) filter (where is_over) as expired_count, sum(remaining) filter (where is_over) as unbooked
    from code
    group by unit, exponent
)
select
    h.unit, h.exponent, h.issued_count, cast(h.issued as bigint), h.activated_count,
    cast(coalesce(h.activated, 0) as bigint) as activated, coalesce(m.spent_count, 0) as spent_count,
    cast(coalesce(m.spent, 0) as bigint) as spent, h.left_count, cast(coalesce(h.still_left, 0) as bigint) as still_left,
    h.blocked_count, cast(coalesce(h.blocked, 0) as bigint) as blocked, h.expired_count,
    cast(coalesce(m.expired, 0) + coalesce(h.unbooked, 0) as bigint) as expired
from held h
left join moved m on m.unit = h.unit
order by h.unit

-- name: series_changes
-- Changes of programs that changed a series of certificates, the latest first.
select seq, at, author, reason, program_code, before, after
from (
    select
        seq, at, author, reason, record_key as program_code,
        jsonb_path_query_first(
            before -> 'document', '$.certificates[*] ? (@.code == $code)', jsonb_build_object('code', cast(:series as text))
        ) as before,
        jsonb_path_query_first(
            after -> 'document', '$.certificates[*] ? (@.code == $code)', jsonb_build_object('code', cast(:series as text))
        ) as after
    from admin_history
    where record = 'program' and (cast(:since as timestamptz) is null or at >= cast(:since as timestamptz))
) change
where before is distinct from after
order by seq desc
limit :rows_max
