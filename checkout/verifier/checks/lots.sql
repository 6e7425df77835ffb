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
-- The posting that a lot names put in what was issued, and is of the kind of the lot's origin.
select
    l.lot_id::text as key,
    m.amount is distinct from l.issued
    or p.kind is distinct from case l.origin
        when 'earned' then case p.kind when 'credit' then p.kind else 'sale' end
        when 'opening' then 'opening'
        when 'adjusted' then 'adjustment'
        when 'returned' then 'return'
    end as is_wrong
from lot l
left join lot_movement m
    on m.bucket = l.bucket and m.posting_id = l.posting_id and m.lot_id = l.lot_id
left join posting p
    on p.bucket = m.bucket and p.month = m.month and p.posting_id = m.posting_id

-- name: lots_sum_to_balances
-- The lots of an account sum to its balance.
select
    format('%s %s', member_id, currency) as key,
    a.balance is distinct from coalesce(l.total, 0) as is_wrong
from account a
full join (
    select bucket, member_id, currency, sum(remaining) as total
    from lot
    group by bucket, member_id, currency
) l using (bucket, member_id, currency)

-- name: lot_movements_match_entries
-- Each posting moves as much in lots of each currency as in its member's entries.
select format('%s %s', posting_id, currency) as key, e.total is distinct from m.total as is_wrong
from (
    select bucket, month, posting_id, currency, sum(amount) as total
    from entry where role = 'member'
    group by bucket, month, posting_id, currency
) e
full join (
    select m.bucket, m.month, m.posting_id, coalesce(l.currency, '') as currency,
        sum(m.amount) as total
    from lot_movement m
    left join lot l
        on l.bucket = m.bucket and l.member_id = m.member_id and l.lot_id = m.lot_id
    group by m.bucket, m.month, m.posting_id, coalesce(l.currency, '')
) m using (bucket, month, posting_id, currency)

-- name: spending_respects_lot_dates
-- Points are spent when active and not expired: a quote keeps them 15 minutes, a hold 2 hours; what
-- was sold without the service is told within 31 days. (A
-- return takes back also what is not active yet, or has expired.)
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
where m.amount < 0 and p.kind <> 'return'
