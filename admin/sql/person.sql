-- name: person_names
-- A member, and those who are only other names of it.
select
    bucket, member_id, created_at, blocked_at, erased_at, purchases, last_purchase_on, household_id, merged_into
from member
where (bucket = crc32(uuid_send(:member_id)) % 64 and member_id = :member_id or merged_into = :member_id)
    and household_size is null
order by merged_into nulls first, member_id

-- name: person_profile
select first_name, last_name, patronymic, email, phone, gender, birth_date, external_id, social_links, traits
from member_profile
where bucket = :bucket and member_id = :member_id

-- name: person_identifiers
-- Digests are no numbers: what is kept of one is how it ends.
select kind, masked, type_code, created_at, blocked_at, replaced_for
from identifier
where member_bucket = :bucket and member_id = :member_id
order by created_at, digest

-- name: person_programs
select program_code, joined_at, left_at, tier_code, tier_cause, tier_since, tier_until
from participation
where bucket = :bucket and member_id = :member_id
order by program_code

-- name: person_persons
select person_id, linked_at, members_elsewhere
from admin_person_link
where member_id = :member_id

-- name: person_receipts
-- Wherever they lie: those of a household lie with it.
select
    purchase_id, store_code, terminal_code, mode, confirmed_at, business_day, receipt_number, program_code, household_id, amount_minor,
    discount_minor, points_value_minor, certificates_minor, payable_minor, currency, points_earned_minor, points_spent_minor,
    content #> '{receipt,lines}' as lines
from admin_receipt
where bucket = any(admin_buckets()) and member_id = :member_id
order by confirmed_at, receipt_id

-- name: person_returns
select
    purchase_id, return_id, store_code, terminal_code, returned_at, business_day, receipt_number, money_minor, points_value_minor,
    certificates_minor, points_back_minor
from admin_return
where bucket = any(admin_buckets()) and member_id = :member_id
order by returned_at, return_receipt_id
