-- name: find_identifier
-- Whose card, phone or external id it is; one row at most. A card that was issued and is nobody's yet leads to nobody.
select
    bucket, partner_id, kind, digest, member_bucket, member_id, masked, blocked_at, type_code, issue_id, replaced_by,
    replaced_for
from identifier
where bucket = $1 and partner_id = $2 and kind = $3 and digest = $4 and member_id is not null

-- name: find_identifiers
-- Whose they are, of many at once: those that nobody has are left out.
select i.kind, i.digest, i.member_id
from unnest($2::smallint[], $3::text[], $4::bytea[]) as wanted (bucket, kind, digest)
join identifier i
    on i.bucket = wanted.bucket and i.partner_id = $1 and i.kind = wanted.kind and i.digest = wanted.digest
where i.member_id is not null

-- name: find_request
-- The answer of an earlier call, its own or that of the receipt it made.
select k.content_hash, coalesce(k.answer, r.answer) as answer
from request_key k
left join receipt r on r.bucket = k.home_bucket and r.month = k.month and r.receipt_id = k.receipt_id
where k.bucket = $1 and k.partner_id = $2 and k.method = $3 and k.request_id = $4

-- name: is_key_free
-- False while some transaction works under the key; those who only ask do not keep each other out.
select pg_try_advisory_xact_lock_shared($1)

-- name: find_purchase
-- What became of a purchase: its state, the receipt it made, the hold it has, what has come back.
select
    k.state, r.answer, h.state as hold_state, h.hold_id, h.points_minor, h.expires_at, k.returned, c.answer as credited
from purchase_key k
left join receipt r on r.bucket = k.home_bucket and r.month = k.month and r.receipt_id = k.receipt_id
left join hold h on h.bucket = k.home_bucket and h.hold_id = k.hold_id
left join credit c on c.bucket = k.credit_bucket and c.month = k.credit_month and c.credit_id = k.credit_id
where k.bucket = $1 and k.partner_id = $2 and k.purchase_id = $3

-- name: find_sale
-- What a confirmed purchase was sold with; of others the state alone.
select
    k.state, r.receipt_id, r.snapshot_id, r.evaluated_at, r.confirmed_at, r.content, r.facts, r.answer
from purchase_key k
left join receipt r on r.bucket = k.home_bucket and r.month = k.month and r.receipt_id = k.receipt_id
where k.bucket = $1 and k.partner_id = $2 and k.purchase_id = $3

-- name: read_statement
-- A page of an account, newest first, by the index of its sequence; as of a moment from the month of that moment back.
select
    e.seq, e.amount, e.balance_after, p.at, p.kind, p.receipt_id,
    coalesce(r.purchase_id, back.purchase_id, later.purchase_id, '') as purchase_id,
    case when e.amount > 0 then (
        select array_agg(
            row(m.amount + m.activated, l.active_from, l.expires_at, l.posting_id = e.posting_id)
            order by l.expires_at nulls last, l.active_from, l.lot_id
        )
        from lot_movement m
        join lot l on l.bucket = m.bucket and l.member_id = m.member_id and l.lot_id = m.lot_id
        where m.bucket = e.bucket and m.month = e.month and m.posting_id = e.posting_id
            and m.amount + m.activated > 0 and l.currency = e.currency and l.active_from <= p.at
    ) end as lots,
    exists (
        select from entry before
        where before.bucket = e.bucket and before.month = e.month and before.posting_id = e.posting_id
            and before.role = 'member' and before.currency = e.currency and before.amount > 0
            and before.seq < e.seq
    ) as is_second
from entry e
join posting p on p.bucket = e.bucket and p.month = e.month and p.posting_id = e.posting_id
left join receipt r
    on p.kind = 'sale' and r.bucket = e.bucket and r.month = e.month and r.receipt_id = p.receipt_id
left join return_receipt back
    on p.kind = 'return' and back.bucket = e.bucket and back.month = e.month
    and back.return_receipt_id = p.receipt_id
left join credit later
    on p.kind = 'credit' and later.bucket = e.bucket and later.month = e.month and later.credit_id = p.receipt_id
where e.role = 'member' and e.bucket = $1 and e.member_id = $2 and e.currency = $3
    and ($4::bigint is null or e.seq < $4)
    and (
        $5::timestamptz is null
        or (p.at <= $5 and e.month <= date_trunc('month', $5 at time zone 'UTC')::date)
    )
order by e.seq desc
limit $6

-- name: read_debts
-- What moved the debt of an account, by the index of such legs; as of a moment.
select
    -e.amount as owed, p.at, p.kind, p.posting_id,
    coalesce(r.purchase_id, back.purchase_id, later.purchase_id, '') as purchase_id, p.receipt_id, c.correction_id
from entry e
join posting p on p.bucket = e.bucket and p.month = e.month and p.posting_id = e.posting_id
left join receipt r
    on p.kind = 'sale' and r.bucket = e.bucket and r.month = e.month and r.receipt_id = p.receipt_id
left join return_receipt back
    on p.kind = 'return' and back.bucket = e.bucket and back.month = e.month
    and back.return_receipt_id = p.receipt_id
left join credit later
    on p.kind = 'credit' and later.bucket = e.bucket and later.month = e.month and later.credit_id = p.receipt_id
left join correction c on p.kind = 'undo' and c.undo_id = p.posting_id
where e.role = 'debt' and e.bucket = $1 and e.member_id = $2 and e.currency = $3
    and (
        $4::timestamptz is null
        or (p.at <= $4 and e.month <= date_trunc('month', $4 at time zone 'UTC')::date)
    )

-- name: read_member_receipts
-- A member's sales, returns and later credits, newest first, from before a moment and id; each kind by its own index.
-- They lie with the member under each of its names, and with each household that one of these has been in.
with names as (
    select * from unnest($1::smallint[], $2::uuid[]) as n (bucket, member_id)
),
places as (
    select bucket, member_id from names
    union
    select (crc32(uuid_send(i.household_id)) % 64)::smallint, i.member_id
    from names n
    join intervention i on i.bucket = n.bucket and i.member_id = n.member_id and i.kind = 'household_joined'
)
select found.*
from places p
cross join lateral (
    (
        select
            'sale' as kind, receipt_id as id, confirmed_at as at, purchase_id, '' as return_id, store_code, terminal_code,
            business_day, shift, receipt_number, cashier, mode, amount_minor,
            external_discount_minor + manual_discount_minor + discount_minor as discount_minor, points_value_minor,
            certificates_minor, payable_minor, points_spent_minor, points_earned_minor, already_paid, null::bytea as answer,
            currency as earned_currency, spent_currency
        from receipt
        where bucket = p.bucket and member_id = p.member_id and (confirmed_at, receipt_id) < ($3::timestamptz, $4::uuid)
            and month <= $5::date
        order by confirmed_at desc, receipt_id desc
        limit $6
    )
    union all
    (
        select
            'return', return_receipt_id, returned_at, purchase_id, return_id, store_code, terminal_code, business_day, shift,
            receipt_number, cashier, '', 0, 0, points_value_minor, certificates_minor, money_minor, points_back_minor, 0, false,
            null, '',
            coalesce(
                (
                    select sale.spent_currency
                    from receipt sale
                    where sale.bucket = return_receipt.bucket and sale.receipt_id = return_receipt.receipt_id
                        and sale.month <= return_receipt.month
                ),
                ''
            )
        from return_receipt
        where bucket = p.bucket and member_id = p.member_id and (returned_at, return_receipt_id) < ($3::timestamptz, $4::uuid)
            and month <= $5::date
        order by returned_at desc, return_receipt_id desc
        limit $6
    )
    union all
    (
        select
            'credit', credit_id, credited_at, purchase_id, '', store_code, terminal_code, null, '', '', '', '', 0, 0, 0, 0, 0,
            0, 0, false, answer, '', ''
        from credit
        where bucket = p.bucket and member_id = p.member_id and (credited_at, credit_id) < ($3::timestamptz, $4::uuid)
            and month <= $5::date
        order by credited_at desc, credit_id desc
        limit $6
    )
) found
order by at desc, id desc
limit $6

-- name: poll
-- What a worker asks every half second: what time it is, has anything been published, has the directory changed, which
-- campaigns are stopped.
select
    clock_timestamp()
        + coalesce(nullif(current_setting('checkout.clock_offset', true), '')::interval, interval '0') as now,
    (select coalesce(max(seq), 0) from publication) as publication_seq,
    (select version from directory_version) as directory_version,
    array(select row(partner_id, campaign_code) from campaign_stop where is_stopped) as stopped

-- name: read_publications
-- The snapshot in force of each partner.
select distinct on (p.partner_id) p.partner_id, p.seq, p.snapshot_id, p.published_at
from publication p
order by p.partner_id, p.seq desc

-- name: read_budgets
-- One row per campaign with a budget: what a worker keeps in memory for quotes.
select bucket, partner_id, campaign_code, discount_used, discount_held, uses_used, uses_held
from budget

-- name: read_shared_slots
-- Slots of shared limits that still count and have changed lately: what a worker keeps in memory for quotes.
select bucket, owner_id, subject_id, campaign_code, limit_code, sku, slot_start, shared, used, held
from limit_slot
where shared and changed_at >= now() - $1::interval and (slot_start >= $2 or slot_start = '1970-01-01')

-- name: read_partners
-- With their types of cards.
select
    p.partner_id, p.code, p.name, p.currency_code, p.currency_exponent, p.settings,
    array(
        select row(t.code, t.prefix, t.digits, t.issued_at_enrolment)
        from card_type t where t.partner_id = p.partner_id order by t.code
    ) as card_types
from partner p

-- name: read_terminals
-- Terminals with their living tokens.
select
    t.terminal_id, t.partner_id, t.store_code, t.code, t.kind, s.store_id, s.time_zone,
    array(
        select k.token_hash from terminal_token k where k.terminal_id = t.terminal_id and k.revoked_at is null
    ) as token_hashes,
    t.permissions
from terminal t
join store s on s.partner_id = t.partner_id and s.code = t.store_code
where t.blocked_at is null

-- name: read_stores
-- Where operators may add purchases.
select partner_id, code, store_id, time_zone from store

-- name: read_overruns
-- What tills gave away by themselves on some business days, and what did not fit: by ($4) terminal, member or card, the
-- most first, behind a place. Of cards only those are known that an allowance was counted for.
with taken as (
    select
        case when $4 = 'terminal' then r.store_code else '' end as store_code,
        case when $4 = 'terminal' then r.terminal_code else '' end as terminal_code,
        case when $4 <> 'terminal' then r.member_id end as member_id,
        case when $4 = 'card' then u.card_id end as card_id,
        case when r.flags <> '{}' then r.answer end as answer_with_flags, u.uses
    from receipt r
    cross join lateral (
        select
            coalesce(sum(u.uses) filter (where u.limit_code = 'allowance:terminal'), 0) as uses,
            nullif((array_agg(u.subject_id) filter (where u.limit_code = 'allowance:card'))[1], r.member_id) as card_id
        from limit_use u
        where u.receipt_id = r.receipt_id and u.month = r.month
            and u.limit_code in ('allowance:terminal', 'allowance:card') and u.uses > 0
    ) u
    where r.selling_partner_id = $1 and r.business_day between $2 and $3
        and (r.already_paid or r.flags <> '{}') and r.mode <> 'manual'
),
named as (
    select *, md5(concat_ws('/', store_code, terminal_code, member_id, card_id))::uuid as key from taken
),
flagged as (
    select key, jsonb_agg(jsonb_build_array(kind, times, currency, least(amount, 1e18)) order by kind, currency) as totals
    from (
        select
            key, flag.kind, flag.currency, count(*) as times,
            sum(case when flag.kind in ('limit_overrun', 'coupon_overrun') then 0 else flag.amount end) as amount
        from named
        cross join lateral jsonb_to_recordset(
            convert_from(answer_with_flags, 'UTF8')::jsonb #> '{answer,flags}'
        ) as flag (kind text, currency text, amount bigint)
        group by 1, 2, 3
    ) kinds
    group by key
),
summed as (
    select
        key, store_code, terminal_code, member_id, card_id, count(*) as receipts,
        least(sum(uses), 1e18)::bigint as given_away_minor, count(answer_with_flags) as flagged
    from named
    group by key, store_code, terminal_code, member_id, card_id
)
select
    s.key, s.store_code, s.terminal_code, s.member_id, coalesce(i.masked, '') as card, s.receipts, s.given_away_minor,
    s.flagged, coalesce(f.totals, '[]') as totals
from summed s
left join flagged f using (key)
left join identifier i
    on i.bucket = crc32(uuid_send(s.card_id)) % 64 and i.partner_id = $1 and i.kind = 'card'
    and i.digest = uuid_send(s.card_id)
where (-s.given_away_minor, -s.receipts, s.key) > ($5::bigint, $6::bigint, $7::uuid)
order by s.given_away_minor desc, s.receipts desc, s.key
limit $8

-- name: read_snapshot
select snapshot_id, partner_id, manifest from snapshot where snapshot_id = $1

-- name: read_snapshot_parts
select part_hash, body from snapshot_part where part_hash = any($1::text[])

-- name: take_invalidations
-- Cached member states to drop; the rows go when Redis has been told, in the same transaction.
delete from invalidation
where invalidation_id in (
    select invalidation_id from invalidation order by invalidation_id limit $1 for update skip locked
)
returning bucket, partner_id, member_id, version, kind, digest

-- name: queue_invalidations_again
-- Of those that were taken, what a part of the cache did not hear: at the end, so that it keeps nothing else waiting.
insert into invalidation (bucket, partner_id, member_id, version, kind, digest)
select * from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::bigint[], $5::text[], $6::bytea[])

-- name: create_months
-- Partitions ahead of time, by a function of the schema's owner: the service itself may not change the schema.
select create_month_partitions($1, $2)

-- name: read_shift
-- Sales and returns of a terminal in a shift: what is compared with the till's.
select 'sale' as kind, purchase_id as id, payable_minor as money, points_spent_minor, points_earned_minor
from receipt
where selling_partner_id = $1 and store_code = $2 and terminal_code = $3 and business_day = $4 and shift = $5
union all
select 'return', return_id, money_minor, 0, 0
from return_receipt
where partner_id = $1 and store_code = $2 and terminal_code = $3 and business_day = $4 and shift = $5
union all
select 'return_without_receipt', return_id, money_minor, 0, 0
from return_without_receipt
where partner_id = $1 and store_code = $2 and terminal_code = $3 and business_day = $4 and shift = $5

-- name: write_reconciliation
-- That a shift was compared, and what came of it.
insert into reconciliation (
    bucket, reconciliation_id, partner_id, store_code, terminal_code, shift, business_day, at, till, service,
    missing, agrees
)
values ($1, $2, $3, $4, $5, $6, $7, transaction_timestamp(), $8, $9, $10, $11)

-- name: take_pending_events
-- Events for which delivery jobs are made in the same transaction, the oldest first.
with taken as (
    delete from outbox_pending
    where event_id in (
        select event_id from outbox_pending order by queued_at limit $1 for update skip locked
    )
    returning bucket, month, event_id, queued_at
)
select o.event_id, p.code as partner_code, o.kind, o.subject_id, o.member_id, o.at, o.body::text as body
from taken t
join outbox o on o.bucket = t.bucket and o.month = t.month and o.event_id = t.event_id
join partner p on p.partner_id = o.partner_id
order by t.queued_at

-- name: forget_jobs
-- What the queue's library keeps of jobs that ended: nobody else removes it.
with logged as (
    delete from pgqueuer_log where created < now() - $1::interval and aggregated
)
delete from pgqueuer_statistics where created < now() - $2::interval

-- name: release_silent_jobs
-- Periodic jobs of workers that have not been heard of for so long: the library itself waits for half a minute.
update pgqueuer_schedules set status = 'queued', updated = now()
where status = 'picked' and heartbeat < now() - $1::interval

-- name: forget_requests
-- Calls that nobody repeats any more, some at a time; what another worker is at is passed over.
delete from request_key
where ctid = any(array(
    select ctid from request_key where created_at < $1 limit $2 for update skip locked
))

-- name: forget_outbox_month
-- The oldest month of the outbox goes by a function of the schema's owner, if all of it is delivered.
select forget_outbox_month($1)
