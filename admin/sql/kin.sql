-- name: members_in_short
-- Members side by side: who they are and how much they do.
select
    m.bucket, m.member_id, m.created_at, m.purchases, m.last_purchase_on, m.blocked_at, m.household_id, m.merged_into,
    m.other_names, coalesce(p.first_name, '') as first_name, coalesce(p.patronymic, '') as patronymic,
    coalesce(p.last_name, '') as last_name, coalesce(p.phone, '') as phone, coalesce(p.email, '') as email, p.birth_date,
    coalesce(p.traits, '{}') as traits
from unnest(cast(:buckets as smallint[]), cast(:members as uuid[])) with ordinality as w (bucket, member_id, place)
join member m on m.bucket = w.bucket and m.member_id = w.member_id and m.household_size is null
left join member_profile p on p.bucket = m.bucket and p.member_id = m.member_id
order by w.place

-- name: found_members
-- Who is meant by a phone, an e-mail, an id, or the beginning of a last name.
select f.member_bucket as bucket, f.found_id as member_id
from admin_find_members(:term, :rows_max) f
join member m on m.bucket = f.member_bucket and m.member_id = f.found_id and m.household_size is null

-- name: member_marks
-- Cards, phones and ids that bring the member.
select kind, masked
from identifier
where member_bucket = :bucket and member_id = :member_id and blocked_at is null
order by kind, created_at
limit :rows_max

-- name: member_parts
-- The part in each program, under every name of a member.
select bucket, member_id, program_code, tier_code, left_at
from participation
where bucket = :bucket and member_id = :member_id
union all
select p.bucket, p.member_id, p.program_code, p.tier_code, p.left_at
from member m
join participation p on p.bucket = m.bucket and p.member_id = m.member_id
where m.merged_into = :member_id

-- name: free_points
-- What neither holds nor freezes keep, in lots that have not ended.
select currency, sum(remaining - held - frozen)::bigint as points_minor
from admin_lot
where bucket = :bucket and member_id = :member_id and is_open and (expires_at is null or expires_at > now())
group by currency

-- name: member_coupons_left
-- Coupons that can still be used.
select count(*)
from admin_coupon
where member_id = :member_id and used < uses_max and blocked_at is null and taken_back_at is null
    and (valid_until is null or valid_until > now())

-- name: member_merges
-- Which members are other names of this one, or were, newest first; and which one this is another name of.
select
    g.merge_id, g.absorbed_id, g.survivor_id, g.merged_at, g.unmerged_at, done.author, done.reason,
    undone.author as undone_by, undone.reason as undone_for
from (
    select * from admin_merge where survivor_id = :member_id
    union all
    select * from admin_merge where absorbed_id = :member_id and unmerged_at is null
) g
left join admin_intervention done
    on done.bucket = crc32(uuid_send(g.absorbed_id)) % 64 and done.member_id = g.absorbed_id and done.merge_id = g.merge_id
    and done.kind = 'members_merged'
left join admin_intervention undone
    on undone.bucket = crc32(uuid_send(g.absorbed_id)) % 64 and undone.member_id = g.absorbed_id and undone.merge_id = g.merge_id
    and undone.kind = 'members_unmerged'
order by g.merged_at desc, g.merge_id
limit :rows_max offset :behind

-- name: merge_of_member
-- The members of a merge that one of them is in, as long as it lasts, and what the survivor was given to owe.
select absorbed_id, survivor_id, debts
from admin_merge
where merge_id = :merge_id and unmerged_at is null and :member_id in (absorbed_id, survivor_id)

-- name: points_that_go_back
-- What is free of what a merge brought, in lots that have not ended.
select l.currency, sum(l.remaining - l.held - l.frozen)::bigint as points_minor
from admin_lot l
where l.bucket = :survivor_bucket and l.member_id = :survivor_id and l.is_open
    and (l.expires_at is null or l.expires_at > now())
    and l.moved_from in (select lot_id from admin_lot where bucket = :absorbed_bucket and member_id = :absorbed_id)
group by l.currency
having sum(l.remaining - l.held - l.frozen) > 0
order by l.currency

-- name: persons_of_member
-- Which persons a member is, under whichever name; of other partners only that there are members.
select person_id, member_id, linked_at, members_elsewhere
from admin_person_link
where member_id = any(array_append(
    array(select absorbed_id from admin_merge where survivor_id = :member_id and unmerged_at is null),
    cast(:member_id as uuid)
))
order by linked_at, person_id

-- name: households_members
-- Who pools points in some households.
select bucket, member_id
from member
where household_id = any(cast(:households as uuid[]))
order by created_at, member_id

-- name: household_history
-- Who made a household, and who let whom join or leave, newest first.
select kind, at, member_id, author, reason
from admin_intervention
where household_id = :household_id
order by at desc
limit :rows_max
