-- Returns: nothing comes back that was not sold, nothing twice, and no more than was paid for it.

-- name: returns_stay_within_what_was_sold
-- Of each position no more has come back than was sold, and the purchase knows how much.
select
    format('%s position %s', back.receipt_id, back.position) as key,
    back.quantity is distinct from back.known
    or coalesce(back.quantity > sold.quantity, true) as is_wrong
from (
    select receipt_id, position, b.quantity, k.quantity as known
    from (
        select receipt_id, position, sum(quantity_milli) as quantity
        from return_line
        group by receipt_id, position
    ) b
    full join (
        select k.receipt_id, returned.key::integer as position, returned.value::bigint as quantity
        from purchase_key k
        cross join lateral jsonb_each_text(k.returned) returned
    ) k using (receipt_id, position)
) back
left join lateral (
    select share.quantity_milli as quantity
    from receipt r
    cross join lateral jsonb_to_recordset(
        convert_from(r.answer, 'UTF8')::jsonb #> '{answer,outcome,lines}'
    ) as line (shares jsonb)
    cross join lateral jsonb_to_recordset(line.shares)
        as share (position integer, quantity_milli bigint)
    where r.receipt_id = back.receipt_id and share.position = back.position
) sold on true

-- name: returns_pay_out_what_was_paid
-- All returns of a receipt together give back no more money, points and certificates than it cost.
select
    r.receipt_id::text as key,
    coalesce(b.money > r.payable_minor, true)
    or coalesce(b.points_value > r.points_value_minor, true)
    or coalesce(b.certificates > r.certificates_minor, true)
    or coalesce(b.points_back > r.points_spent_minor, true) as is_wrong
from (
    select
        receipt_id, sum(money_minor) as money, sum(points_value_minor) as points_value,
        sum(points_back_minor) as points_back, sum(certificates_minor) as certificates
    from return_receipt
    group by receipt_id
) b
left join receipt r on r.receipt_id = b.receipt_id

-- name: returns_have_lines_and_key
-- A return has its lines, which add up but for the rounding of cash, and the key that names it.
select
    b.return_receipt_id::text as key,
    (k.partner_id, k.return_id) is distinct from (b.partner_id, b.return_id)
    or coalesce(l.points_value <> b.points_value_minor, true)
    or coalesce(l.certificates <> b.certificates_minor, true) as is_wrong
from return_receipt b
left join (
    select
        bucket, month, return_receipt_id, sum(points_value_minor) as points_value,
        sum(certificates_minor) as certificates
    from return_line
    group by bucket, month, return_receipt_id
) l using (bucket, month, return_receipt_id)
left join return_key k
    on k.home_bucket = b.bucket and k.month = b.month and k.return_receipt_id = b.return_receipt_id

-- name: return_keys_lead_to_returns
-- What a till named is there.
select
    format('%s %s', k.partner_id, k.return_id) as key,
    b.return_receipt_id is null as is_wrong
from return_key k
left join return_receipt b
    on b.bucket = k.home_bucket and b.month = k.month and b.return_receipt_id = k.return_receipt_id

-- name: return_points_are_posted
-- The points that a return gives back are the leg of its one posting, and its household's or member's.
select
    coalesce(b.return_receipt_id, p.receipt_id)::text as key,
    b.return_receipt_id is null
    or (p.receipt_id is not null and p.member_id is distinct from coalesce(b.household_id, b.member_id))
    or coalesce(p.postings, 0) > 1
    or b.points_back_minor <> coalesce(p.redeemed, 0) as is_wrong
from return_receipt b
full join (
    select
        p.bucket, p.month, p.receipt_id, p.member_id, count(distinct p.posting_id) as postings,
        coalesce(-sum(e.amount) filter (where e.role = 'redeemed'), 0) as redeemed
    from posting p
    join entry e using (bucket, month, posting_id)
    where p.kind = 'return'
    group by p.bucket, p.month, p.receipt_id, p.member_id
) p on p.bucket = b.bucket and p.month = b.month and p.receipt_id = b.return_receipt_id
