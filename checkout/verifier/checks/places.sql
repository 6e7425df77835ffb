-- Places: every row lies in the bucket and month in which it is looked for. A bucket is the crc32
-- of the owner's bytes modulo 64.

-- name: members_lie_in_their_bucket
-- A member's bucket follows from its id.
select member_id::text as key, bucket <> crc32(uuid_send(member_id)) % 64 as is_wrong
from member

-- name: member_rows_lie_with_their_member
-- All rows of a member lie in its bucket, and the member exists; of sales, those of the account.
select
    format('%s %s', owned.place, owned.member_id) as key,
    m.member_id is null as is_wrong
from (
    select 'account' as place, bucket, member_id from account
    union all select 'lot', bucket, member_id from lot
    union all select 'posting', bucket, member_id from posting
    union all select 'entry', bucket, member_id from entry
    union all select 'lot_movement', bucket, member_id from lot_movement
    union all select 'limit_slot', bucket, owner_id from limit_slot where not shared
    union all
    select 'receipt', bucket, coalesce(household_id, member_id) from receipt
    where member_id is not null
    union all
    select 'return', bucket, coalesce(household_id, member_id) from return_receipt
    where member_id is not null
    union all select 'credit', bucket, coalesce(household_id, member_id) from credit
    union all
    select 'hold', bucket, coalesce(household_id, member_id) from hold where member_id is not null
    union all select 'member_profile', bucket, member_id from member_profile
    union all select 'member_history_key', bucket, member_id from member_history_key
    union all select 'participation', bucket, member_id from participation
    union all select 'member_list_entry', bucket, member_id from member_list_entry
    union all select 'member_tag', bucket, member_id from member_tag
    union all select 'tag_given', bucket, member_id from tag_given
) owned
left join member m using (bucket, member_id)

-- name: limits_lie_with_their_owner
-- Slots and uses of limits, and the rows that guard shared ones, lie in the bucket of their owner;
-- a shared slot has its guard.
select
    format('%s %s %s/%s', place, owner_id, campaign_code, limit_code) as key,
    bucket is distinct from crc32(uuid_send(owner_id)) % 64 or not has_guard as is_wrong
from (
    select 'use' as place, bucket, owner_id, campaign_code, limit_code, true as has_guard
    from limit_use
    union all
    select 'guard', bucket, owner_id, campaign_code, limit_code, true from shared_limit
    union all
    select
        'slot', s.bucket, s.owner_id, s.campaign_code, s.limit_code,
        not s.shared or g.owner_id is not null
    from limit_slot s
    left join shared_limit g using (bucket, owner_id, campaign_code, limit_code)
) owned

-- name: identifiers_lead_to_members
-- A card, phone or external id leads to a member of the same partner; a new card leads to nobody.
select
    format('%s %s', i.kind, i.masked) as key,
    i.member_id is not null and m.partner_id is distinct from i.partner_id as is_wrong
from identifier i
left join member m on m.bucket = i.member_bucket and m.member_id = i.member_id

-- name: guest_receipts_lie_with_their_store
-- A receipt without a member lies in the bucket of its store.
select
    r.receipt_id::text as key,
    r.bucket is distinct from crc32(uuid_send(s.store_id)) % 64 as is_wrong
from receipt r
left join store s on s.partner_id = r.selling_partner_id and s.code = r.store_code
where r.member_id is null

-- name: keys_lie_in_their_bucket
-- Keys, budgets and identifiers lie in the bucket that follows from what they name.
select
    format('%s %s', kind, name) as key,
    bucket <> crc32(hashed) % 64 as is_wrong
from (
    select
        'purchase' as kind, purchase_id as name, bucket,
        uuid_send(partner_id) || convert_to(purchase_id, 'UTF8') as hashed
    from purchase_key
    union all
    select
        'request', request_id, bucket, uuid_send(partner_id) || convert_to(request_id, 'UTF8')
    from request_key
    union all
    select 'return', return_id, bucket, uuid_send(partner_id) || convert_to(return_id, 'UTF8')
    from return_key
    union all
    select 'freeze', freeze_id::text, bucket, uuid_send(freeze_id) from point_freeze
    union all
    select 'correction', correction_id::text, bucket, uuid_send(correction_id) from correction
    union all
    select 'bulk', code, bucket, uuid_send(bulk_id) from bulk
    union all
    select
        'stop', campaign_code, bucket, uuid_send(partner_id) || convert_to(campaign_code, 'UTF8')
    from intervention
    where campaign_code <> ''
    union all
    select
        'receipt number', receipt_number, bucket,
        uuid_send(partner_id) || convert_to(concat_ws(
            '|', store_code, terminal_code, shift, receipt_number,
            to_char(business_day, 'YYYY-MM-DD')
        ), 'UTF8')
    from natural_key
    union all
    select
        'budget', campaign_code, bucket,
        uuid_send(partner_id) || convert_to(campaign_code, 'UTF8')
    from budget
    union all
    select 'budget use', campaign_code, bucket,
        uuid_send(partner_id) || convert_to(campaign_code, 'UTF8')
    from budget_use
    union all
    select 'identifier', masked, bucket, digest from identifier
    union all
    select 'coupon', masked, bucket, digest from coupon
    union all
    select 'coupon use', coupon_id::text, bucket, digest from coupon_use
    union all
    select 'coupon issue', issue_id::text, bucket, uuid_send(issue_id) from coupon_issue
    union all
    select 'card issue', issue_id::text, bucket, uuid_send(issue_id) from card_issue
    union all
    select 'coupon blocked', intervention_id::text, bucket, digest
    from intervention
    where identifier_kind = 'coupon'
) keyed

-- name: rows_lie_in_their_month
-- Postings and receipts lie in the month (UTC) in which they were written.
select
    key,
    month <> date_trunc('month', at at time zone 'UTC')::date as is_wrong
from (
    select 'posting ' || posting_id as key, month, at from posting
    union all
    select 'receipt ' || receipt_id, month, confirmed_at from receipt
    union all
    select 'return ' || return_receipt_id, month, returned_at from return_receipt
    union all
    select 'credit ' || credit_id, month, credited_at from credit
) dated
