-- Lots: points that came in together, what is left of them, and when they may be spent.

-- name: lots_are_sums_of_movements
-- What remains of a lot is the sum of its movements, and no movement is without a lot.
select lot_id::text as key, l.remaining is distinct from m.total as is_wrong
from lot l
full join (
    select bucket, member_id, lot_id, sum(amount) as total
    from lot_movement
    group by bucket, member_id, lot_id
) m using (bucket, member_id, lot_id)

-- name: lots_begin_with_their_posting
-- The posting that a lot names put in what was issued, and is of the kind of the lot's origin; one that was
-- moved here when members were merged keeps the origin that it had.
select
    l.lot_id::text as key,
    m.amount is distinct from l.issued
    or not coalesce(p.kind = any(case l.origin
        when 'earned' then array['sale', 'credit']
        when 'opening' then array['opening']
        when 'adjusted' then array['adjustment', 'undo']
        when 'returned' then array['return', 'gift_back']
        when 'transferred' then array['transfer']
    end), false) and not coalesce(l.moved_from is not null and p.kind = 'transfer', false) as is_wrong
from lot l
left join lot_movement m
    on m.bucket = l.bucket and m.posting_id = l.posting_id and m.lot_id = l.lot_id
left join posting p
    on p.bucket = m.bucket and p.month = m.month and p.posting_id = m.posting_id

-- name: lots_sum_to_balances
-- The lots of an account sum to its balance, those that are booked as pending to what is pending.
select
    format('%s %s', member_id, currency) as key,
    a.balance is distinct from coalesce(l.active, 0)
    or a.pending is distinct from coalesce(l.pending, 0) as is_wrong
from account a
full join (
    select
        bucket, member_id, currency,
        coalesce(sum(remaining) filter (where not is_pending), 0) as active,
        coalesce(sum(remaining) filter (where is_pending), 0) as pending
    from lot
    group by bucket, member_id, currency
) l using (bucket, member_id, currency)

-- name: lot_movements_match_entries
-- Each posting moves as much in lots of each currency as in its member's entries, books as much as
-- active as goes there from what is pending, and as expired as goes there.
select
    format('%s %s', posting_id, currency) as key,
    coalesce(e.total, 0) <> coalesce(m.total, 0)
    or coalesce(e.activated, 0) <> coalesce(m.activated, 0)
    or coalesce(e.expired, 0) <> coalesce(m.expired, 0) as is_wrong
from (
    select
        bucket, month, posting_id, currency,
        sum(amount) filter (where role in ('member', 'pending')) as total,
        -sum(amount) filter (where role = 'pending' and kind = 'activation') as activated,
        sum(amount) filter (where role = 'expired') as expired
    from entry join posting using (bucket, month, posting_id)
    where role in ('member', 'pending', 'expired')
    group by bucket, month, posting_id, currency
) e
full join (
    select m.bucket, m.month, m.posting_id, coalesce(l.currency, '') as currency,
        sum(m.amount) as total, sum(m.activated) as activated, sum(m.expired) as expired
    from lot_movement m
    left join lot l
        on l.bucket = m.bucket and l.member_id = m.member_id and l.lot_id = m.lot_id
    group by m.bucket, m.month, m.posting_id, coalesce(l.currency, '')
) m using (bucket, month, posting_id, currency)

-- name: spending_respects_lot_dates
-- Points are spent when active and not expired: a quote keeps them 15 minutes, a hold 2 hours; what
-- was sold without the service is told within 31 days. (A return takes back also what is not active
-- yet, or has expired; so does undoing a correction; a transfer moves it.)
select
    format('%s %s', m.posting_id, m.lot_id) as key,
    p.at < l.active_from
    or coalesce(r.evaluated_at, p.at) >= coalesce(l.expires_at, 'infinity')
    or p.at > coalesce(l.expires_at, 'infinity')
        + case
            when r.already_paid or r.mode <> 'online' then interval '31 days'
            when h.hold_id is null then interval '15 minutes'
            else interval '2 hours'
        end
    as is_wrong
from lot_movement m
join posting p on p.bucket = m.bucket and p.month = m.month and p.posting_id = m.posting_id
join lot l on l.bucket = m.bucket and l.member_id = m.member_id and l.lot_id = m.lot_id
left join receipt r on r.bucket = p.bucket and r.month = p.month and r.receipt_id = p.receipt_id
left join hold h
    on h.partner_id = r.selling_partner_id and h.purchase_id = r.purchase_id and h.state = 'posted'
where m.amount < 0 and p.kind not in ('return', 'expiry', 'undo', 'leaving', 'transfer')

-- name: lots_begin_once
-- A lot that was given to start later is booked as active at most once, after it started, or else
-- it is still pending or nothing was left of it.
select
    l.lot_id::text as key,
    coalesce(b.at < l.active_from, false)
    or coalesce(b.bookings, 0) > 1
    or (l.is_pending and b.bookings is not null)
    or (not l.is_pending and given.at < l.active_from and b.bookings is null) as is_wrong
from lot l
left join (
    select m.bucket, m.lot_id, min(p.at) as at, count(*) as bookings
    from lot_movement m
    join posting p using (bucket, month, posting_id)
    where m.activated > 0
    group by m.bucket, m.lot_id
) b on b.bucket = l.bucket and b.lot_id = l.lot_id
left join posting given on given.bucket = l.bucket and given.posting_id = l.posting_id
where l.is_pending or b.bookings is not null or given.at < l.active_from

-- name: lots_expire_after_their_end
-- What is booked as expired of a lot was booked when no quote could spend it any more, or because its
-- member left the program.
select
    format('%s %s', m.posting_id, m.lot_id) as key,
    p.kind <> 'leaving'
    and (l.expires_at is null or p.at < l.expires_at + interval '15 minutes') as is_wrong
from lot_movement m
join posting p using (bucket, month, posting_id)
join lot l on l.bucket = m.bucket and l.member_id = m.member_id and l.lot_id = m.lot_id
where m.expired > 0

-- name: lots_expired_are_sums_of_movements
-- What of a lot is booked as expired is the sum of its movements.
select lot_id::text as key, l.expired is distinct from m.total as is_wrong
from lot l
full join (
    select bucket, member_id, lot_id, sum(expired) as total
    from lot_movement
    group by bucket, member_id, lot_id
) m using (bucket, member_id, lot_id)

-- name: lots_are_booked_in_time
-- An hour after a lot began or ended it is booked, but for what a hold or an operator keeps of it.
select
    lot_id::text as key,
    (is_pending and active_from < moment.now - interval '1 hour')
    or (remaining > held + frozen and expires_at < moment.now - interval '1 hour') as is_wrong
from lot
cross join lateral (
    select transaction_timestamp()
        + coalesce(nullif(current_setting('checkout.clock_offset', true), ''), '0')::interval as now
) moment
where remaining > 0 and (is_pending or expires_at is not null)
