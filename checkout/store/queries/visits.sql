-- name: read_tier_changes
-- What became of a member's tiers, newest first, from before a moment, number and id: all are few. Of one program if its code
-- is not empty. Changes in several programs, or of two names of one member, may differ in their ids only.
select
    bucket, member_id, program_code, seq, change_id, partner_id, from_tier, to_tier, cause, valid_from, valid_until,
    figures, snapshot_id, at, author, reason
from unnest($1::smallint[], $2::uuid[]) as n (bucket, member_id)
join tier_change using (bucket, member_id)
where ($3 = '' or program_code = $3)
    and (at, seq, change_id) < ($4::timestamptz, $5::integer, $6::uuid)
order by at desc, seq desc, change_id desc
limit $7

-- name: read_visits
-- Of members that are locked: what counts of their receipts from a day on, and receipts that are to be counted, the
-- oldest first, with all that they count by as it is now.
with wanted as (
    select * from unnest($1::smallint[], $2::uuid[], $3::date[]) as w (bucket, member_id, since)
),
taken as (
    select p.*
    from wanted w
    cross join lateral (
        select p.bucket, p.member_id, p.receipt_id, p.receipt_bucket, p.month, p.queued_at
        from visit_pending p
        where p.bucket = w.bucket and p.member_id = w.member_id
        order by p.queued_at, p.receipt_id
        limit $4
    ) p
)
select
    (
        select array_agg(row(
            v.bucket, v.member_id, v.receipt_id, v.category_code, v.program_code, v.day, v.spend_minor, v.visits,
            v.points_minor
        ))
        from wanted w
        join visit v on v.bucket = w.bucket and v.member_id = w.member_id
        where v.day >= w.since or exists (select from taken t where t.receipt_id = v.receipt_id)
    ) as visits,
    (
        select array_agg(
            row(t.member_id, r.receipt_id, r.program_code, r.business_day, r.answer, c.answer, r.content)
            order by t.queued_at, t.receipt_id
        )
        from taken t
        join receipt r on r.bucket = t.receipt_bucket and r.month = t.month and r.receipt_id = t.receipt_id
        join purchase_key k
            on k.bucket = crc32(uuid_send(r.selling_partner_id) || convert_to(r.purchase_id, 'UTF8')) % 64
            and k.partner_id = r.selling_partner_id and k.purchase_id = r.purchase_id
        left join credit c
            on c.bucket = k.credit_bucket and c.month = k.credit_month and c.credit_id = k.credit_id
    ) as receipts,
    (
        select array_agg(row(member_id, receipt_id, position, quantity_milli, money_minor))
        from (
            select
                t.member_id, l.receipt_id, l.position, sum(l.quantity_milli)::bigint as quantity_milli,
                sum(l.money_minor)::bigint as money_minor
            from taken t
            join return_line l on l.receipt_id = t.receipt_id
            group by t.member_id, l.receipt_id, l.position
        ) back
    ) as returned

-- name: write_visits
-- What was counted, and what follows: windows, tiers and their history. The word that a receipt is to be counted goes.
with
visit_written as (
    insert into visit (
        bucket, member_id, receipt_id, category_code, program_code, day, spend_minor, visits, points_minor
    )
    select * from unnest(
        :visit.bucket::smallint[], :visit.member_id::uuid[], :visit.receipt_id::uuid[], :visit.category_code::text[],
        :visit.program_code::text[], :visit.day::date[], :visit.spend_minor::bigint[], :visit.visits::smallint[],
        :visit.points_minor::bigint[]
    )
    on conflict (bucket, member_id, receipt_id, category_code) do update set
        spend_minor = excluded.spend_minor, visits = excluded.visits, points_minor = excluded.points_minor
),
pending_gone as (
    delete from visit_pending p
    using unnest(:visit_counted.bucket::smallint[], :visit_counted.member_id::uuid[], :visit_counted.receipt_id::uuid[])
        as w (bucket, member_id, receipt_id)
    where p.bucket = w.bucket and p.member_id = w.member_id and p.receipt_id = w.receipt_id
),
windows_written as (
    insert into member_window (bucket, member_id, version, counted_at, recount_on, windows)
    select * from unnest(
        :member_window.bucket::smallint[], :member_window.member_id::uuid[], :member_window.version::bigint[],
        :member_window.counted_at::timestamptz[], :member_window.recount_on::date[], :member_window.windows::jsonb[]
    )
    on conflict (bucket, member_id) do update set
        version = excluded.version, counted_at = excluded.counted_at, recount_on = excluded.recount_on,
        windows = excluded.windows
),
standing_changed as (
    update participation t set
        tier_code = new.tier_code, tier_cause = new.tier_cause, tier_since = new.tier_since,
        tier_until = new.tier_until, tier_seq = new.tier_seq
    from unnest(
        :standing.bucket::smallint[], :standing.member_id::uuid[], :standing.program_code::text[],
        :standing.tier_code::text[], :standing.tier_cause::text[], :standing.tier_since::date[],
        :standing.tier_until::date[], :standing.tier_seq::integer[]
    ) as new (bucket, member_id, program_code, tier_code, tier_cause, tier_since, tier_until, tier_seq)
    where t.bucket = new.bucket and t.member_id = new.member_id and t.program_code = new.program_code
)
insert into tier_change (
    bucket, member_id, program_code, seq, change_id, partner_id, from_tier, to_tier, cause, valid_from, valid_until,
    figures, snapshot_id, at, author, reason
)
select * from unnest(
    :tier_change.bucket::smallint[], :tier_change.member_id::uuid[], :tier_change.program_code::text[],
    :tier_change.seq::integer[], :tier_change.change_id::uuid[], :tier_change.partner_id::uuid[],
    :tier_change.from_tier::text[], :tier_change.to_tier::text[], :tier_change.cause::text[],
    :tier_change.valid_from::date[], :tier_change.valid_until::date[], :tier_change.figures::jsonb[],
    :tier_change.snapshot_id::text[], :tier_change.at::timestamptz[], :tier_change.author::text[],
    :tier_change.reason::text[]
)

-- name: due_visits
-- Members with receipts to be counted, the longest waiting first; whose windows are not worked out any further; whose
-- tier was kept until yesterday. Days are those of each program's zone. It is decided again under the lock.
with due as (
    (
        select bucket, member_id from (
            select bucket, member_id, min(queued_at) as queued_at
            from (select bucket, member_id, queued_at from visit_pending order by queued_at limit $5) p
            group by bucket, member_id
        ) pending
        order by queued_at
    )
    union
    (select bucket, member_id from member_window where recount_on <= $4 order by recount_on limit $5)
    union
    (
        select ended.bucket, ended.member_id
        from unnest($1::uuid[], $2::text[], $3::date[]) as w (partner_id, program_code, today)
        cross join lateral (
            select p.bucket, p.member_id
            from participation p
            join member m on m.bucket = p.bucket and m.member_id = p.member_id and m.partner_id = w.partner_id
            where p.program_code = w.program_code and p.tier_until < w.today and p.left_at is null
            order by p.tier_until
            limit $5
        ) ended
        limit $5
    )
)
select m.partner_id, m.member_id from due join member m using (bucket, member_id)
where m.partner_id = any($6::uuid[])

-- name: read_window_rule
-- What the rules of a partner asked when receipts were last counted for it; others wait.
select asked from window_rule where partner_id = $1 for update

-- name: write_window_rule
insert into window_rule (partner_id, asked) values ($1, $2)
on conflict (partner_id) do update set asked = excluded.asked

-- name: queue_visits_again
-- All receipts of members of a partner from a day on are to be counted anew. A return or credit counts by its receipt.
with wanted as (
    select
        (crc32(uuid_send(r.member_id)) % 64)::smallint as bucket, r.member_id, r.receipt_id, r.bucket as receipt_bucket,
        r.month
    from receipt r
    where r.selling_partner_id = $1 and r.member_id is not null and r.business_day >= $2 and r.month >= $3
    union all
    select (crc32(uuid_send(c.member_id)) % 64)::smallint, c.member_id, c.receipt_id, k.home_bucket, k.month
    from credit c
    join purchase_key k
        on k.bucket = crc32(uuid_send(c.partner_id) || convert_to(c.purchase_id, 'UTF8')) % 64
        and k.partner_id = c.partner_id and k.purchase_id = c.purchase_id
    where c.partner_id = $1 and c.month >= $3
)
insert into visit_pending (bucket, member_id, receipt_id, receipt_bucket, month)
select bucket, member_id, receipt_id, receipt_bucket, month from wanted
on conflict do nothing
