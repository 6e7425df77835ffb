-- name: member_place
-- The member that an id stands for, and where its accounts lie: with itself, or with its household.
select
    m.bucket, m.member_id, m.blocked_at, m.household_id, m.merged_into,
    coalesce(h.bucket, m.bucket) as purse_bucket, coalesce(h.member_id, m.member_id) as purse_id,
    m.erased_at
from member m
left join member h on h.member_id = m.household_id and h.bucket = crc32(uuid_send(m.household_id)) % 64
where m.bucket = :bucket and m.member_id = :member_id and m.household_size is null

-- name: member_accounts
select currency, balance, held, frozen, pending, debt, frozen_at
from account
where bucket = :bucket and member_id = :member_id
order by currency

-- name: member_lots
-- What is left of points that came in together, what ends first above.
select currency, lot_id, origin, issued, remaining, held, frozen, active_from, expires_at
from admin_lot
where bucket = :bucket and member_id = :member_id and is_open
order by currency, expires_at nulls last, active_from, lot_id
limit :rows_max offset :behind

-- name: member_statement
-- A page of an account, newest first.
select
    seq, at, kind, amount, balance_after, reason, author, posting_id, correction_state, decided_by, sale_id, month, bucket,
    purchase_id
from admin_movement
where bucket = :bucket and member_id = :member_id and currency = :currency
    and (cast(:before as bigint) is null or seq < :before)
order by seq desc
limit :rows_max

-- name: member_freezes
select freeze_id, currency, points_minor, frozen_at
from admin_freeze
where member_id = :member_id and restored_at is null
order by frozen_at, freeze_id
limit :rows_max offset :behind

-- name: member_coupons
-- The latest; those that can still be used first.
select
    bucket, cast(encode(code_id, 'hex') as uuid) as code_id, series_code, masked, uses_max, used, valid_from, valid_until, blocked_at,
    taken_back_at, campaign_code
from admin_coupon
where member_id = :member_id
order by coupon_id desc
limit :rows_max offset :behind

-- name: member_certificates
-- Certificates that the member's purchases sold, whoever has the code spends them: of every purchase, under each name of the
-- member, and in each household that one of these has been in. The offsets keep receipts and certificates from being read whole.
with names as (
    select bucket, member_id from member where bucket = :bucket and member_id = :member_id
    union all
    select bucket, member_id from member where merged_into = :member_id
),
places as (
    select bucket, member_id from names
    union
    select (crc32(uuid_send(i.household_id)) % 64)::smallint, i.member_id
    from names n
    join admin_intervention i on i.bucket = n.bucket and i.member_id = n.member_id and i.kind = 'household_joined'
)
select c.bucket, c.certificate_id, c.series_code, c.masked, c.unit, c.face, c.remaining, c.expires_at, c.blocked_at
from places p
cross join lateral (
    select receipt_id from admin_receipt where bucket = p.bucket and member_id = p.member_id offset 0
) r
cross join lateral (select * from admin_certificate where sold_by = r.receipt_id offset 0) c
order by c.activated_at desc, c.certificate_id
limit :rows_max offset :behind

-- name: member_tags
-- Tags that sales gave, by how many that still stand.
select tag, given from admin_member_tag where bucket = :bucket and member_id = :member_id order by tag limit :rows_max

-- name: member_tagged
-- Of tags given by hand, who gave each last, and why.
select distinct on (trait_code) trait_code as tag, at, author, reason
from admin_intervention
where bucket = :bucket and member_id = :member_id and kind = 'tag_given'
order by trait_code, at desc
limit :rows_max

-- name: member_consented
-- What was said last of each channel, by whom and why.
select distinct on (trait_code) trait_code as channel, at, author, reason
from admin_intervention
where bucket = :bucket and member_id = :member_id and kind in ('consent_given', 'consent_taken_back')
order by trait_code, at desc
limit :rows_max

-- name: member_gifts
-- What operators gave, newest first.
select gift_given_id, gift_code, count, currency, points_minor, given_at, author, reason, taken_back_at, taken_back_by
from admin_gift_given
where member_id = :member_id
order by given_at desc, gift_given_id
limit :rows_max offset :behind

-- name: member_lists
select list_code from admin_member_list where bucket = :bucket and member_id = :member_id order by list_code limit :rows_max

-- name: member_interventions
-- What people did beside the ledger, newest first.
select kind, at, author, reason, currency, program_code, trait_code
from admin_intervention
where bucket = :bucket and member_id = :member_id
order by at desc, intervention_id
limit :rows_max offset :behind

-- name: member_proposals
-- Corrections that wait for a second pair of eyes, the oldest first; of a file, with the job that did it.
select
    correction_id, member_id, currency, amount_minor, reason, author, made_at, line,
    (
        select j.job_id
        from admin_bulk b
        join admin_job j on j.kind = 'corrections' and j.series = b.code
        where b.bulk_id = c.bulk_id
        order by j.made_at
        limit 1
    ) as job_id
from admin_correction c
where state = 'proposed' and (cast(:member_id as uuid) is null or member_id = :member_id)
order by made_at, correction_id
limit :rows_max

-- name: place_of_receipt
-- Where the receipt of a purchase lies.
select home_bucket as bucket, month, receipt_id
from admin_purchase
where bucket = :bucket and purchase_id = :purchase_id and receipt_id is not null

-- name: correction_named
-- Which one a button of the statement is about.
select currency, amount_minor, reason, made_at
from admin_correction
where correction_id = :named and member_id in (:member_id, :purse_id)

-- name: freeze_named
-- Which one a button of the list of freezes is about.
select currency, points_minor, frozen_at
from admin_freeze
where freeze_id = :named and member_id in (:member_id, :purse_id)

-- name: gift_named
-- Which one a button of the list of gifts is about.
select gift_code, count, given_at, reason
from admin_gift_given
where gift_given_id = :named and member_id in (:member_id, :purse_id)
