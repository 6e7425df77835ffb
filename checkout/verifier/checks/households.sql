-- Households: members of one partner draw on one account, and on no other.

-- name: households_count_their_members
-- A household says how many members it has, and they are of its partner.
select
    h.member_id::text as key,
    h.household_size is distinct from coalesce(m.members, 0)
    or coalesce(m.first_partner <> h.partner_id or m.last_partner <> h.partner_id, false) as is_wrong
from member h
left join (
    select
        household_id, count(*) as members,
        min(partner_id::text)::uuid as first_partner, max(partner_id::text)::uuid as last_partner
    from member
    where household_id is not null
    group by household_id
) m on m.household_id = h.member_id
where h.household_size is not null

-- name: members_lead_to_their_household
-- Where a member pools points there is a household, and that is in none itself.
select
    m.member_id::text as key,
    h.member_id is null or h.household_id is not null or m.household_size is not null as is_wrong
from member m
left join member h
    on h.bucket = crc32(uuid_send(m.household_id)) % 64 and h.member_id = m.household_id
    and h.household_size is not null
where m.household_id is not null

-- name: members_of_households_keep_no_points
-- Who pools points holds none back: nothing held, frozen or owed, and no lot that has not ended.
select
    m.member_id::text as key,
    coalesce(a.bound, 0) <> 0 or coalesce(l.remaining, 0) <> 0 as is_wrong
from member m
left join (
    select bucket, member_id, sum(held + frozen + debt) as bound
    from account group by bucket, member_id
) a using (bucket, member_id)
left join (
    select bucket, member_id, sum(remaining) as remaining
    from lot
    where expires_at is null or expires_at > transaction_timestamp()
        + coalesce(nullif(current_setting('checkout.clock_offset', true), ''), '0')::interval
    group by bucket, member_id
) l using (bucket, member_id)
where m.household_id is not null

-- name: transfers_arrive
-- What is moved from one account to another leaves the one and comes to the other.
select
    format('%s %s', currency, at) as key,
    sum(amount) <> 0 as is_wrong
from posting p
join entry e using (bucket, month, posting_id)
where p.kind = 'transfer' and e.role = 'transferred'
group by p.partner_id, currency, at

-- name: households_have_their_history
-- Who is in a household joined it last, by somebody's hand; who has left is in none. (Two calls may
-- read their clocks before they wait for each other: hence the minute.)
select
    m.member_id::text as key,
    not bool_or(t.member_id is not null and m.household_id is not distinct from t.household_id)
        as is_wrong
from member m
left join (
    select
        bucket, member_id, at, case kind when 'household_joined' then household_id end as household_id,
        max(at) over (partition by bucket, member_id) as last_at
    from intervention
    where kind in ('household_joined', 'household_left')
) t on t.bucket = m.bucket and t.member_id = m.member_id and t.at >= t.last_at - interval '1 minute'
where m.household_id is not null or t.member_id is not null
group by m.member_id
