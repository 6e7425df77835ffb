-- name: lock_keys
-- Serialises calls about the same key, in the order given, and reads the clock once for the batch. The keys are locked
-- before they are read, in a statement of their own: a statement sees what was committed when it began.
select
    transaction_timestamp()
        + coalesce(nullif(current_setting('checkout.clock_offset', true), '')::interval, interval '0') as now,
    count(pg_advisory_xact_lock(key)) as locked
from unnest($1::bigint[]) as key

-- name: read_keys
-- What earlier calls left under the keys: requests, purchases with their holds and receipts, receipt numbers, identifiers.
-- And the campaigns that are stopped: a sale must not be made with them once the stop is committed.
select
    (
        select array_agg(row(
            k.bucket, k.partner_id, k.method, k.request_id, k.content_hash, k.purchase_id, k.home_bucket,
            k.month, k.receipt_id, coalesce(k.answer, r.answer), k.created_at
        ))
        from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[]) as w (bucket, partner_id, method, request_id)
        join request_key k
            on k.bucket = w.bucket and k.partner_id = w.partner_id
            and k.method = w.method and k.request_id = w.request_id
        left join receipt r
            on r.bucket = k.home_bucket and r.month = k.month and r.receipt_id = k.receipt_id
    ) as requests,
    (
        select array_agg(row(
            k.bucket, k.partner_id, k.purchase_id, k.state, k.content_hash, k.home_bucket, k.hold_id, k.month,
            k.receipt_id, k.returned::text, k.credit_bucket, k.credit_month, k.credit_id, k.settled::text
        ))
        from unnest($5::smallint[], $6::uuid[], $7::text[]) as w (bucket, partner_id, purchase_id)
        join purchase_key k
            on k.bucket = w.bucket and k.partner_id = w.partner_id and k.purchase_id = w.purchase_id
    ) as purchases,
    (
        select array_agg(row(
            h.bucket, h.hold_id, h.partner_id, h.purchase_id, h.member_id, h.state, h.currency, h.points_minor,
            h.lots::text, h.claims::text, h.priced_hash, h.snapshot_id, h.evaluated_at, h.facts,
            h.outcome, h.created_at, h.expires_at, h.extensible_to, h.ended_at, h.household_id,
            h.terminal_code
        ))
        from unnest($5::smallint[], $6::uuid[], $7::text[]) as w (bucket, partner_id, purchase_id)
        join purchase_key k
            on k.bucket = w.bucket and k.partner_id = w.partner_id and k.purchase_id = w.purchase_id
        join hold h on h.bucket = k.home_bucket and h.hold_id = k.hold_id
    ) as holds,
    (
        select array_agg(row(k.receipt_id, r.answer))
        from unnest($5::smallint[], $6::uuid[], $7::text[]) as w (bucket, partner_id, purchase_id)
        join purchase_key k
            on k.bucket = w.bucket and k.partner_id = w.partner_id and k.purchase_id = w.purchase_id
        join receipt r
            on r.bucket = k.home_bucket and r.month = k.month and r.receipt_id = k.receipt_id
    ) as answers,
    (
        select array_agg(row(k.credit_id, c.answer))
        from unnest($5::smallint[], $6::uuid[], $7::text[]) as w (bucket, partner_id, purchase_id)
        join purchase_key k
            on k.bucket = w.bucket and k.partner_id = w.partner_id and k.purchase_id = w.purchase_id
        join credit c
            on c.bucket = k.credit_bucket and c.month = k.credit_month and c.credit_id = k.credit_id
    ) as credit_answers,
    (
        select array_agg(row(
            k.bucket, k.partner_id, k.store_code, k.terminal_code, k.shift, k.receipt_number, k.business_day,
            k.purchase_id
        ))
        from unnest($8::smallint[], $9::uuid[], $10::text[], $11::text[], $12::text[], $13::text[], $14::date[])
            as w (bucket, partner_id, store_code, terminal_code, shift, receipt_number, business_day)
        join natural_key k
            on k.bucket = w.bucket and k.partner_id = w.partner_id and k.store_code = w.store_code
            and k.terminal_code = w.terminal_code and k.shift = w.shift
            and k.receipt_number = w.receipt_number and k.business_day = w.business_day
    ) as naturals,
    (
        select array_agg(row(
            i.bucket, i.partner_id, i.kind, i.digest, i.member_bucket, i.member_id, i.masked, i.blocked_at, i.type_code,
            i.issue_id, i.replaced_by, i.replaced_for
        ))
        from unnest($15::smallint[], $16::uuid[], $17::text[], $18::bytea[]) as w (bucket, partner_id, kind, digest)
        join identifier i
            on i.bucket = w.bucket and i.partner_id = w.partner_id and i.kind = w.kind and i.digest = w.digest
    ) as identifiers,
    (
        select array_agg(row(
            k.bucket, k.partner_id, k.return_id, k.content_hash, k.home_bucket, k.month, k.return_receipt_id
        ))
        from unnest($19::smallint[], $20::uuid[], $21::text[]) as w (bucket, partner_id, return_id)
        join return_key k
            on k.bucket = w.bucket and k.partner_id = w.partner_id and k.return_id = w.return_id
    ) as returns,
    (
        select array_agg(row(k.return_receipt_id, coalesce(r.answer, n.answer)))
        from unnest($19::smallint[], $20::uuid[], $21::text[]) as w (bucket, partner_id, return_id)
        join return_key k
            on k.bucket = w.bucket and k.partner_id = w.partner_id and k.return_id = w.return_id
        left join return_receipt r
            on r.bucket = k.home_bucket and r.month = k.month and r.return_receipt_id = k.return_receipt_id
        left join return_without_receipt n
            on n.bucket = k.home_bucket and n.month = k.month and n.return_receipt_id = k.return_receipt_id
    ) as return_answers,
    (
        select array_agg(row(s.partner_id, s.campaign_code, s.is_stopped, s.changed_at))
        from campaign_stop s
        where s.partner_id = any($22::uuid[]) and s.is_stopped
    ) as stops,
    (
        select array_agg(row(q.bucket, q.partner_id, q.token_id, q.purchase_id, q.member_id, q.claimed_at))
        from unnest($23::smallint[], $24::uuid[], $25::uuid[]) as w (bucket, partner_id, token_id)
        join qr_claim q on q.bucket = w.bucket and q.partner_id = w.partner_id and q.token_id = w.token_id
    ) as qr_claims

-- name: read_publications_then
-- The snapshot that was in force at a moment; before the first publication that one.
select w.partner_id, w.at, p.snapshot_id
from unnest($1::uuid[], $2::timestamptz[]) as w (partner_id, at)
cross join lateral (
    select p.snapshot_id
    from publication p
    where p.partner_id = w.partner_id
    order by p.published_at > w.at, case when p.published_at > w.at then p.seq else -p.seq end
    limit 1
) p

-- name: read_store_numbers
-- The first purchase of a store and day with a receipt number, at any terminal. Only batches with purchases by hand ask.
-- The day is the business day, or the date on the paper: a till may have sold it at night for the day before, and names no
-- business day but of the seven days before that date and the one after.
select w.partner_id, w.store_code, w.business_day, w.receipt_number, r.purchase_id
from unnest($1::uuid[], $2::text[], $3::date[], $4::text[])
    as w (partner_id, store_code, business_day, receipt_number)
cross join lateral (
    select r.purchase_id
    from receipt r
    where r.selling_partner_id = w.partner_id and r.store_code = w.store_code
        and r.business_day between w.business_day - 7 and w.business_day + 1 and r.receipt_number = w.receipt_number
        and (
            r.business_day = w.business_day
            or left(convert_from(r.content, 'UTF8')::json -> 'receipt' ->> 'local_time', 10) = w.business_day::text
        )
    order by r.confirmed_at
    limit 1
) r

-- name: read_named
-- What operators name: whether the rules have a campaign, and freezes. Only batches with such calls ask.
select
    (
        select array_agg(row(c.partner_id, c.code))
        from unnest($1::uuid[], $2::text[]) as w (partner_id, code)
        join campaign c on c.partner_id = w.partner_id and c.code = w.code
    ) as campaigns,
    (
        select array_agg(row(
            f.bucket, f.freeze_id, f.partner_id, f.member_id, f.currency, f.points_minor, f.lots::text, f.frozen_at,
            f.restored_at
        ))
        from unnest($3::smallint[], $4::uuid[]) as w (bucket, freeze_id)
        join point_freeze f on f.bucket = w.bucket and f.freeze_id = w.freeze_id
    ) as freezes

-- name: read_sales
-- Of sales that goods come back from, or that points are credited to: what never changes, with what was sent and what the
-- engine was told, and what the sale and its credit moved. Only batches with such calls ask.
with wanted as (
    select * from unnest($1::smallint[], $2::date[], $3::uuid[], $4::smallint[], $5::date[], $6::uuid[])
        as w (bucket, month, receipt_id, credit_bucket, credit_month, credit_id)
),
moved as (
    select bucket, month, receipt_id, receipt_id as by_id, 'sale' as kind from wanted
    union all
    select credit_bucket, credit_month, receipt_id, credit_id, 'credit' from wanted where credit_id is not null
)
select
    (
        select array_agg(row(
            coalesce(w.credit_bucket, r.bucket), r.month, r.receipt_id, r.program_code, r.store_code,
            coalesce(c.member_id, r.member_id), r.snapshot_id, r.confirmed_at,
            case when c.member_id is not null then c.household_id else r.household_id end,
            s.store_id, r.content, r.facts
        ))
        from wanted w
        join receipt r on r.bucket = w.bucket and r.month = w.month and r.receipt_id = w.receipt_id
        left join store s on s.partner_id = r.selling_partner_id and s.code = r.store_code
        left join credit c
            on c.bucket = w.credit_bucket and c.month = w.credit_month and c.credit_id = w.credit_id
    ) as receipts,
    (
        select array_agg(row(w.receipt_id, p.posting_id, m.lot_id, m.amount))
        from moved w
        join posting p
            on p.bucket = w.bucket and p.month = w.month and p.receipt_id = w.by_id and p.kind = w.kind
        join lot_movement m on m.bucket = p.bucket and m.month = p.month and m.posting_id = p.posting_id
    ) as movements,
    (
        select array_agg(row(w.receipt_id, p.posting_id, e.role, e.currency, -e.amount))
        from moved w
        join posting p
            on p.bucket = w.bucket and p.month = w.month and p.receipt_id = w.by_id and p.kind = w.kind
        join entry e on e.bucket = p.bucket and e.month = p.month and e.posting_id = p.posting_id
        where e.role in ('debt', 'written_off')
    ) as short,
    (
        select array_agg(row(
            w.receipt_id, u.bucket, u.month, u.receipt_id, u.owner_id, u.subject_id, u.campaign_code, u.limit_code,
            u.sku, u.slot_start, u.uses, u.bound, u.overrun, s.shared
        ))
        from moved w
        join limit_use u on u.month = w.month and u.receipt_id = w.by_id
        join limit_slot s
            on s.bucket = u.bucket and s.owner_id = u.owner_id and s.campaign_code = u.campaign_code
            and s.limit_code = u.limit_code and s.slot_start = u.slot_start and s.subject_id = u.subject_id
            and s.sku = u.sku
    ) as limit_uses,
    (
        select array_agg(row(
            w.receipt_id, u.bucket, u.month, u.receipt_id, u.partner_id, u.campaign_code, u.discount_minor, u.uses,
            u.overrun_minor, u.overrun_uses
        ))
        from moved w
        join budget_use u on u.month = w.month and u.receipt_id = w.by_id
    ) as budget_uses,
    (
        select array_agg(row(
            u.bucket, u.month, u.receipt_id, u.partner_id, u.digest, u.coupon_id, u.uses, u.overrun
        ))
        from wanted w
        join coupon_use u on u.month = w.month and u.receipt_id = w.receipt_id
    ) as coupon_uses,
    (
        select array_agg(row(c.issued_by, c.partner_id, c.digest))
        from wanted w
        join coupon c on c.issued_by = w.receipt_id and c.campaign_code <> ''
    ) as coupons_issued,
    (
        select array_agg(row(g.receipt_id, g.tag))
        from wanted w
        join receipt r on r.bucket = w.bucket and r.month = w.month and r.receipt_id = w.receipt_id
        join tag_given g  -- in the bucket of the member, also if the sale lies in that of the household
            on g.bucket = (crc32(uuid_send(r.member_id)) % 64)::smallint
            and g.month = r.month and g.receipt_id = r.receipt_id
    ) as tags_given,
    (
        select array_agg(row(
            g.bucket, g.month, g.moved_by, g.partner_id, g.gift_code, g.campaign_code, g.kind, g.count,
            g.is_counted, g.member_id, g.at, g.author, g.reason
        ))
        from wanted w
        join gift_entry g on g.month = w.month and g.moved_by = w.receipt_id and g.campaign_code <> ''
    ) as gifts

-- name: read_sale_state
-- Lots and slots that sales moved, also those that nobody reads any more: after their locks.
select
    (
        select array_agg(row(
            l.bucket, l.member_id, l.currency, l.lot_id, l.origin, l.posting_id, l.issued, l.remaining, l.held,
            l.active_from, l.expires_at, l.frozen, l.is_pending, l.expired, l.moved_from
        ))
        from unnest($1::smallint[], $2::uuid[], $3::uuid[]) as w (bucket, member_id, lot_id)
        join lot l on l.bucket = w.bucket and l.member_id = w.member_id and l.lot_id = w.lot_id
    ) as lots,
    (
        select array_agg(row(
            s.bucket, s.owner_id, s.subject_id, s.campaign_code, s.limit_code, s.sku, s.slot_start, s.shared,
            s.used, s.held
        ))
        from unnest(
            $4::smallint[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::timestamp[]
        ) as w (bucket, owner_id, subject_id, campaign_code, limit_code, sku, slot_start)
        join limit_slot s
            using (bucket, owner_id, campaign_code, limit_code, slot_start, subject_id, sku)
    ) as slots

-- name: lock_members
-- The rows of members, of those they were merged into, and of the households these are in, in the order of their keys:
-- whoever holds them owns accounts, lots and limit slots, too, also of those who were merged into them. Whom a row names
-- is what the statement saw; the locked row says whether it still does.
with wanted as (
    select * from unnest($1::smallint[], $2::uuid[]) as w (bucket, member_id)
),
meant as (
    select bucket, member_id from wanted
    union
    select (crc32(uuid_send(m.merged_into)) % 64)::smallint, m.merged_into
    from wanted w
    join member m on m.bucket = w.bucket and m.member_id = w.member_id
    where m.merged_into is not null
),
owners as (
    select bucket, member_id from meant
    union
    select (crc32(uuid_send(m.household_id)) % 64)::smallint, m.household_id
    from meant w
    join member m on m.bucket = w.bucket and m.member_id = w.member_id
    where m.household_id is not null
)
select m.bucket, m.member_id, m.household_id, m.merged_into, m.other_names
from member m
join owners o on m.bucket = o.bucket and m.member_id = o.member_id
order by m.bucket, m.member_id
for update of m

-- name: read_names
-- Members who were merged into others, whose rows say that there are some: they are read with them, and never locked.
select bucket, member_id from member where merged_into = any($1::uuid[]) order by bucket, member_id

-- name: read_members
-- Everything of the members that a sale reads: after the lock, in a statement of its own. Slots that still count begin
-- at most two months back; those of lifetime limits at 1970-01-01.
with wanted as (
    select * from unnest($1::smallint[], $2::uuid[]) as w (bucket, member_id)
)
select
    (
        select array_agg(row(
            m.bucket, m.member_id, m.partner_id, m.version, m.blocked_at, m.purchases, m.last_purchase_on,
            m.household_id, m.household_size, m.merged_into, m.other_names, m.erased_at
        ))
        from wanted w join member m on m.bucket = w.bucket and m.member_id = w.member_id
    ) as members,
    (
        select array_agg(row(p.member_id, p.gender, p.birth_date, p.traits::text))
        from wanted w join member_profile p on p.bucket = w.bucket and p.member_id = w.member_id
    ) as profiles,
    (
        select array_agg(row(
            p.bucket, p.member_id, p.program_code, p.tier_code, p.joined_at, p.left_at, p.tier_cause, p.tier_since,
            p.tier_until, p.tier_seq
        ))
        from wanted w join participation p on p.bucket = w.bucket and p.member_id = w.member_id
    ) as participations,
    (
        select array_agg(row(l.member_id, l.list_code))
        from wanted w join member_list_entry l on l.bucket = w.bucket and l.member_id = w.member_id
    ) as lists,
    (
        select array_agg(row(
            a.bucket, a.member_id, a.currency, a.balance, a.held, a.seq, a.debt, a.frozen, a.pending, a.frozen_at
        ))
        from wanted w join account a on a.bucket = w.bucket and a.member_id = w.member_id
    ) as accounts,
    (
        select array_agg(row(
            l.bucket, l.member_id, l.currency, l.lot_id, l.origin, l.posting_id, l.issued, l.remaining, l.held,
            l.active_from, l.expires_at, l.frozen, l.is_pending, l.expired, l.moved_from
        ))
        from wanted w join lot l on l.bucket = w.bucket and l.member_id = w.member_id
        where l.is_open
    ) as lots,
    (
        select array_agg(row(
            s.bucket, s.owner_id, s.subject_id, s.campaign_code, s.limit_code, s.sku, s.slot_start, s.shared,
            s.used, s.held
        ))
        from wanted w join limit_slot s on s.bucket = w.bucket and s.owner_id = w.member_id
        where s.slot_start >= $3 or s.slot_start = '1970-01-01'
    ) as slots,
    (
        select array_agg(row(t.bucket, t.member_id, t.tag, t.given))
        from wanted w join member_tag t on t.bucket = w.bucket and t.member_id = w.member_id
    ) as tags,
    (
        select array_agg(row(x.bucket, x.member_id, x.version, x.counted_at, x.recount_on, x.windows::text))
        from wanted w join member_window x on x.bucket = w.bucket and x.member_id = w.member_id
    ) as windows

-- name: make_limits
-- Rows that guard shared limits: the first receipt that reaches one makes it.
insert into shared_limit (bucket, owner_id, campaign_code, limit_code)
select * from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[])
on conflict do nothing

-- name: lock_limits
-- After the members, sorted: one row per limit that many share, whatever its slots.
select l.bucket, l.owner_id, l.campaign_code, l.limit_code
from shared_limit l
join unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[]) as w (bucket, owner_id, campaign_code, limit_code)
    on l.bucket = w.bucket and l.owner_id = w.owner_id
    and l.campaign_code = w.campaign_code and l.limit_code = w.limit_code
order by l.bucket, l.owner_id, l.campaign_code, l.limit_code
for update of l

-- name: read_limit_slots
-- What has been used of locked limits, as far back as it still counts: after the lock, in a statement of its own.
select
    s.bucket, s.owner_id, s.subject_id, s.campaign_code, s.limit_code, s.sku, s.slot_start, s.shared, s.used, s.held
from limit_slot s
join unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[]) as w (bucket, owner_id, campaign_code, limit_code)
    on s.bucket = w.bucket and s.owner_id = w.owner_id
    and s.campaign_code = w.campaign_code and s.limit_code = w.limit_code
where s.slot_start >= $5 or s.slot_start = '1970-01-01'

-- name: make_budgets
-- Rows for campaigns that were never used: publishing makes them, this is for what was published without.
insert into budget (bucket, partner_id, campaign_code)
select * from unnest($1::smallint[], $2::uuid[], $3::text[])
on conflict do nothing

-- name: lock_budgets
-- Last in the lock order, sorted: one exact row per campaign.
select
    b.bucket, b.partner_id, b.campaign_code, b.discount_used, b.discount_held, b.uses_used, b.uses_held
from budget b
join unnest($1::smallint[], $2::uuid[], $3::text[]) as w (bucket, partner_id, campaign_code)
    on b.bucket = w.bucket and b.partner_id = w.partner_id and b.campaign_code = w.campaign_code
order by b.bucket, b.partner_id, b.campaign_code
for update of b

-- name: write_enrolment
-- New members and identifiers, and issued cards that become somebody's, before what the same batch posts for them.
with
member_written as (
    insert into member (
        bucket, member_id, partner_id, version, blocked_at, purchases, last_purchase_on, household_id, household_size
    )
    select * from unnest(
        :member.bucket::smallint[], :member.member_id::uuid[], :member.partner_id::uuid[], :member.version::bigint[],
        :member.blocked_at::timestamptz[], :member.purchases::bigint[], :member.last_purchase_on::date[],
        :member.household_id::uuid[], :member.household_size::smallint[]
    )
),
profile_written as (
    insert into member_profile (
        bucket, member_id, first_name, last_name, patronymic, email, phone, gender, birth_date, external_id, traits
    )
    select * from unnest(
        :member_profile.bucket::smallint[], :member_profile.member_id::uuid[], :member_profile.first_name::text[],
        :member_profile.last_name::text[], :member_profile.patronymic::text[], :member_profile.email::text[],
        :member_profile.phone::text[], :member_profile.gender::text[], :member_profile.birth_date::date[],
        :member_profile.external_id::text[], :member_profile.traits::jsonb[]
    )
),
identifier_written as (
    insert into identifier (
        bucket, partner_id, kind, digest, member_bucket, member_id, masked, blocked_at, type_code, issue_id
    )
    select * from unnest(
        :identifier.bucket::smallint[], :identifier.partner_id::uuid[], :identifier.kind::text[],
        :identifier.digest::bytea[], :identifier.member_bucket::smallint[], :identifier.member_id::uuid[],
        :identifier.masked::text[], :identifier.blocked_at::timestamptz[], :identifier.type_code::text[],
        :identifier.issue_id::uuid[]
    )
),
card_bound as (
    update identifier t set member_bucket = new.member_bucket, member_id = new.member_id
    from unnest(
        :card_bound.bucket::smallint[], :card_bound.partner_id::uuid[], :card_bound.digest::bytea[],
        :card_bound.member_bucket::smallint[], :card_bound.member_id::uuid[]
    ) as new (bucket, partner_id, digest, member_bucket, member_id)
    where t.bucket = new.bucket and t.partner_id = new.partner_id and t.kind = 'card' and t.digest = new.digest
)
insert into participation (bucket, member_id, program_code, tier_code, joined_at)
select * from unnest(
        :participation.bucket::smallint[], :participation.member_id::uuid[], :participation.program_code::text[],
        :participation.tier_code::text[], :participation.joined_at::timestamptz[]
    )

-- name: write_interventions
-- What people changed beside the ledger: the emergency-stop list, blocked cards, freezes; each with its author.
with
campaign_stop_written as (
    insert into campaign_stop (partner_id, campaign_code, is_stopped, changed_at)
    select * from unnest(
        :campaign_stop.partner_id::uuid[], :campaign_stop.campaign_code::text[], :campaign_stop.is_stopped::boolean[],
        :campaign_stop.changed_at::timestamptz[]
    )
    on conflict (partner_id, campaign_code) do update set
        is_stopped = excluded.is_stopped, changed_at = excluded.changed_at
),
identifier_changed as (
    update identifier t set
        blocked_at = new.blocked_at, replaced_by = new.replaced_by, replaced_for = new.replaced_for
    from unnest(
        :identifier_changed.bucket::smallint[], :identifier_changed.partner_id::uuid[],
        :identifier_changed.kind::text[], :identifier_changed.digest::bytea[],
        :identifier_changed.blocked_at::timestamptz[], :identifier_changed.replaced_by::bytea[],
        :identifier_changed.replaced_for::text[]
    ) as new (bucket, partner_id, kind, digest, blocked_at, replaced_by, replaced_for)
    where t.bucket = new.bucket and t.partner_id = new.partner_id and t.kind = new.kind and t.digest = new.digest
),
point_freeze_written as (
    insert into point_freeze (
        bucket, freeze_id, partner_id, member_id, currency, points_minor, lots, frozen_at, restored_at
    )
    select * from unnest(
        :point_freeze.bucket::smallint[], :point_freeze.freeze_id::uuid[], :point_freeze.partner_id::uuid[], :point_freeze.member_id::uuid[],
        :point_freeze.currency::text[], :point_freeze.points_minor::bigint[], :point_freeze.lots::jsonb[],
        :point_freeze.frozen_at::timestamptz[], :point_freeze.restored_at::timestamptz[]
    )
),
participation_changed as (
    insert into participation (
        bucket, member_id, program_code, tier_code, joined_at, left_at, tier_cause, tier_since, tier_until, tier_seq
    )
    select * from unnest(
        :participation_changed.bucket::smallint[], :participation_changed.member_id::uuid[],
        :participation_changed.program_code::text[], :participation_changed.tier_code::text[],
        :participation_changed.joined_at::timestamptz[], :participation_changed.left_at::timestamptz[],
        :participation_changed.tier_cause::text[], :participation_changed.tier_since::date[],
        :participation_changed.tier_until::date[], :participation_changed.tier_seq::integer[]
    )
    on conflict (bucket, member_id, program_code) do update set
        tier_code = excluded.tier_code, joined_at = excluded.joined_at, left_at = excluded.left_at,
        tier_cause = excluded.tier_cause, tier_since = excluded.tier_since, tier_until = excluded.tier_until,
        tier_seq = excluded.tier_seq
),
freeze_changed as (
    update point_freeze t set restored_at = new.restored_at
    from unnest(
        :freeze_changed.bucket::smallint[], :freeze_changed.freeze_id::uuid[], :freeze_changed.restored_at::timestamptz[]
    ) as new (bucket, freeze_id, restored_at)
    where t.bucket = new.bucket and t.freeze_id = new.freeze_id
),
traits_changed as (
    insert into member_profile as t (bucket, member_id, traits, phone, external_id)
    select * from unnest(
        :traits_changed.bucket::smallint[], :traits_changed.member_id::uuid[], :traits_changed.traits::jsonb[],
        :traits_changed.phone::text[], :traits_changed.external_id::text[]
    )
    on conflict (bucket, member_id) do update set
        traits = excluded.traits, phone = coalesce(nullif(excluded.phone, ''), t.phone),
        external_id = coalesce(nullif(excluded.external_id, ''), t.external_id)
)
insert into intervention (
    bucket, intervention_id, partner_id, kind, campaign_code, member_id, identifier_kind, digest, freeze_id, at,
    author, reason, currency, program_code, household_id, merge_id, person_id, receipt_id, trait_code
)
select * from unnest(
    :intervention.bucket::smallint[], :intervention.intervention_id::uuid[], :intervention.partner_id::uuid[],
    :intervention.kind::text[], :intervention.campaign_code::text[], :intervention.member_id::uuid[],
    :intervention.identifier_kind::text[], :intervention.digest::bytea[], :intervention.freeze_id::uuid[],
    :intervention.at::timestamptz[], :intervention.author::text[], :intervention.reason::text[],
    :intervention.currency::text[], :intervention.program_code::text[], :intervention.household_id::uuid[],
    :intervention.merge_id::uuid[], :intervention.person_id::uuid[], :intervention.receipt_id::uuid[],
    :intervention.trait_code::text[]
)

-- name: personal_keys
-- What closes up values of members for the history, and what their profiles have that the batch may change; all of it locked.
select m.member_id, k.key_id, k.sealed_to, coalesce(p.phone, '') as phone, coalesce(p.external_id, '') as external_id
from unnest($1::smallint[], $2::uuid[]) as m (bucket, member_id)
left join member_history_key k on k.bucket = m.bucket and k.member_id = m.member_id
left join member_profile p on p.bucket = m.bucket and p.member_id = m.member_id

-- name: note_changes
-- What operators changed goes into the history, last: it is a chain, and whoever is at its end keeps others waiting.
select operator_note(
    :change.partner_id::uuid[], :change.record::text[], :change.record_key::text[], :change.action::text[],
    :change.before::jsonb[], :change.after::jsonb[], :change.author::text[], :change.reason::text[]
)

-- name: due_holds
-- Pending holds whose time is over: they are ended through the same door as everything else.
select partner_id, purchase_id
from hold
where state = 'pending' and expires_at <= $1
order by expires_at
limit $2

-- name: due_certificates
-- Certificates that have ended with something left that no hold keeps; it is decided again under the lock.
select partner_id, digest
from certificate
where remaining > 0 and expires_at is not null and expires_at <= $1 and remaining > held
order by expires_at
limit $2

-- name: due_lots
-- Members of whom points are due to be booked: as active, or as expired; what is held or frozen stays. The clock of the
-- caller says what is due; it is decided again under the lock.
with due as (
    (
        select bucket, member_id from lot
        where is_open and is_pending and active_from <= $1
        order by active_from limit $3
    )
    union
    (
        select bucket, member_id from lot
        where is_open and expires_at is not null and expires_at <= $2 and remaining > held + frozen
        order by expires_at limit $3
    )
)
select m.partner_id, m.member_id from due join member m using (bucket, member_id)
