-- Holds: what is set aside is set aside once, for one purchase, and for a time.

-- name: lots_hold_what_is_pending
-- What a lot holds is what pending holds set aside in it.
select lot_id::text as key, l.held is distinct from coalesce(h.total, 0) as is_wrong
from lot l
full join (
    select
        hold.bucket, coalesce(hold.household_id, hold.member_id) as member_id,
        part.key::uuid as lot_id, sum(part.value::bigint) as total
    from hold
    cross join jsonb_each_text(hold.lots) part
    where hold.state = 'pending'
    group by hold.bucket, coalesce(hold.household_id, hold.member_id), part.key::uuid
) h using (bucket, member_id, lot_id)

-- name: accounts_hold_what_lots_hold
-- What an account holds is what its lots hold.
select
    format('%s %s', member_id, currency) as key,
    a.held is distinct from coalesce(l.total, 0) as is_wrong
from account a
full join (
    select bucket, member_id, currency, sum(held) as total
    from lot
    group by bucket, member_id, currency
) l using (bucket, member_id, currency)

-- name: accounts_hold_what_is_pending
-- What an account holds is what pending holds set aside of it.
select
    format('%s %s', member_id, currency) as key,
    a.held is distinct from coalesce(h.total, 0) as is_wrong
from account a
full join (
    select
        bucket, coalesce(household_id, member_id) as member_id, currency, sum(points_minor) as total
    from hold where state = 'pending' and points_minor > 0
    group by bucket, coalesce(household_id, member_id), currency
) h using (bucket, member_id, currency)

-- name: hold_points_lie_in_lots
-- The points of a hold are the sum of what it names in lots, and belong to a member.
select
    h.hold_id::text as key,
    h.points_minor <> coalesce(named.total, 0)
    or (h.points_minor > 0 and h.member_id is null) as is_wrong
from hold h
cross join lateral (
    select sum(part.value::bigint) as total from jsonb_each_text(h.lots) part
) named

-- name: holds_end_once
-- A hold is pending or has ended, and its time lies within two hours of its beginning.
-- (Two transactions read their clocks before they wait for each other: hence the minute.)
select
    hold_id::text as key,
    (state = 'pending') <> (ended_at is null)
    or coalesce(ended_at < created_at - interval '1 minute', false)
    or expires_at > extensible_to
    or extensible_to > created_at + interval '2 hours' as is_wrong
from hold

-- name: holds_end_in_time
-- No hold is pending a minute after its time is over: the sweep ends it.
select
    hold_id::text as key,
    state = 'pending' and expires_at + interval '60 seconds' < transaction_timestamp()
        + coalesce(nullif(current_setting('checkout.clock_offset', true), ''), '0')::interval
    as is_wrong
from hold

-- name: purchases_have_one_pending_hold
-- A purchase has at most one pending hold.
select
    format('%s %s', partner_id, purchase_id) as key,
    count(*) filter (where state = 'pending') > 1 as is_wrong
from hold
group by partner_id, purchase_id

-- name: holds_have_their_purchase
-- Each hold belongs to a known purchase.
select h.hold_id::text as key, k.purchase_id is null as is_wrong
from hold h
left join purchase_key k using (partner_id, purchase_id)

-- name: pending_holds_are_of_held_purchases
-- A pending hold is the one that its purchase names; none is left of what has ended.
select
    h.hold_id::text as key,
    h.state = 'pending' and (
        k.state is distinct from 'held'
        or k.hold_id is distinct from h.hold_id
        or k.home_bucket is distinct from h.bucket
    ) as is_wrong
from hold h
left join purchase_key k using (partner_id, purchase_id)

-- name: posted_holds_are_of_confirmed_purchases
-- A hold that was posted is the one with which its purchase was confirmed.
select
    h.hold_id::text as key,
    h.state = 'posted' and (
        k.state is distinct from 'confirmed' or k.hold_id is distinct from h.hold_id
    ) as is_wrong
from hold h
left join purchase_key k using (partner_id, purchase_id)

-- name: purchases_name_their_hold
-- The hold that a purchase names exists and is of that purchase; a held one names its hold.
select
    format('%s %s', k.partner_id, k.purchase_id) as key,
    h.hold_id is null as is_wrong
from purchase_key k
left join hold h using (partner_id, purchase_id, hold_id)
where k.hold_id is not null or k.state = 'held'
