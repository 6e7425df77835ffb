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
        where quantity_milli > 0
        group by receipt_id, position
    ) b
    full join (
        select k.receipt_id, returned.key::integer as position, returned.value::bigint as quantity
        from purchase_key k
        cross join lateral jsonb_each_text(k.returned) returned
    ) k using (receipt_id, position)
) back
left join (
    select r.receipt_id, share.position, share.quantity_milli as quantity
    from (
        -- Of these alone the answers are opened; receipts are not looked for one by one.
        select receipt_id, answer from receipt where receipt_id in (select receipt_id from return_line) offset 0
    ) r
    cross join lateral jsonb_to_recordset(
        convert_from(r.answer, 'UTF8')::jsonb #> '{answer,outcome,lines}'
    ) as line (shares jsonb)
    cross join lateral jsonb_to_recordset(line.shares)
        as share (position integer, quantity_milli bigint)
) sold using (receipt_id, position)

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
-- A return has the key that names it and its lines, which add up with what was floored of them, but for the rounding of
-- cash; by stored shares each of them came back, and is worth something or nothing.
select
    b.return_receipt_id::text as key,
    (k.partner_id, k.return_id) is distinct from (b.partner_id, b.return_id)
    or coalesce(l.points_value + told.points_value <> b.points_value_minor, true)
    or coalesce(l.certificates + told.certificates <> b.certificates_minor, true)
    or told.policy = 'stored_shares' and l.is_worth_less as is_wrong
from return_receipt b
cross join lateral (
    select
        answer ->> 'policy' as policy,
        (answer #>> '{floored,points_value_minor}')::bigint as points_value,
        (answer #>> '{floored,certificates_minor}')::bigint as certificates
    from (select convert_from(b.answer, 'UTF8')::jsonb -> 'answer' as answer) document
) told
left join (
    select
        bucket, month, return_receipt_id, sum(points_value_minor) as points_value,
        sum(certificates_minor) as certificates,
        bool_or(least(quantity_milli - 1, money_minor, points_value_minor, certificates_minor) < 0)
            as is_worth_less
    from return_line
    group by bucket, month, return_receipt_id
) l using (bucket, month, return_receipt_id)
left join return_key k
    on k.home_bucket = b.bucket and k.month = b.month and k.return_receipt_id = b.return_receipt_id

-- name: returns_of_everything_give_everything_back
-- When all that was sold has come back, so has all that was paid for it: money, points and certificates.
select
    r.receipt_id::text as key,
    back.quantity = sold.quantity and (
        (b.money, b.points_value) is distinct from (r.payable_minor, r.points_value_minor)
        or (b.certificates, b.points_back)
        is distinct from (r.certificates_minor, r.points_spent_minor)
    ) as is_wrong
from (
    select
        receipt_id, sum(money_minor) as money, sum(points_value_minor) as points_value,
        sum(points_back_minor) as points_back, sum(certificates_minor) as certificates
    from return_receipt
    group by receipt_id
) b
join receipt r on r.receipt_id = b.receipt_id
join lateral (
    select sum(quantity_milli) as quantity from return_line l where l.receipt_id = b.receipt_id
) back on true
cross join lateral (
    select sum(share.quantity_milli) as quantity
    from jsonb_to_recordset(
        convert_from(r.answer, 'UTF8')::jsonb #> '{answer,outcome,lines}'
    ) as line (shares jsonb)
    cross join lateral jsonb_to_recordset(line.shares) as share (quantity_milli bigint)
) sold

-- name: returns_are_settled_with_their_purchase
-- A purchase whose rest is evaluated anew knows what its returns gave back; in all that is never less than what came back
-- is worth. One that goes by stored shares keeps nothing.
select
    b.receipt_id::text as key,
    (k.settled is distinct from '{}') <> b.is_recomputed
    or b.is_recomputed and (
        b.floored < 0
        or (k.settled ->> 'money_minor')::bigint is distinct from b.money
        or (k.settled ->> 'points_value_minor')::bigint is distinct from b.points_value
        or (k.settled ->> 'points_spent')::bigint is distinct from b.points_back
        or coalesce((
            select sum((back.value ->> 'paid_minor')::bigint)
            from jsonb_each(k.settled -> 'certificates') back
        ), 0) <> b.certificates
    ) as is_wrong
from (
    select
        b.receipt_id, sum(b.money_minor) as money, sum(b.points_value_minor) as points_value,
        sum(b.points_back_minor) as points_back, sum(b.certificates_minor) as certificates,
        bool_or(told.answer ->> 'policy' = 'recomputed') as is_recomputed,
        sum((
            select sum(floored.value::bigint) from jsonb_each_text(told.answer -> 'floored') floored
        )) as floored
    from return_receipt b
    cross join lateral (
        select convert_from(b.answer, 'UTF8')::jsonb -> 'answer' as answer
    ) told
    group by b.receipt_id
) b
left join purchase_key k on k.receipt_id = b.receipt_id

-- name: return_keys_lead_to_returns
-- What a till named is there.
select
    format('%s %s', k.partner_id, k.return_id) as key,
    (b.return_receipt_id is null) = (n.return_receipt_id is null) as is_wrong
from return_key k
left join return_receipt b
    on b.bucket = k.home_bucket and b.month = k.month and b.return_receipt_id = k.return_receipt_id
left join return_without_receipt n
    on n.bucket = k.home_bucket and n.month = k.month and n.return_receipt_id = k.return_receipt_id

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

-- name: returns_without_receipt_add_up
-- Of a return without receipt the goods are worth what was paid out, its answer says so, and a key names it.
select
    n.return_receipt_id::text as key,
    n.money_minor is distinct from goods.amount
    or n.money_minor is distinct from (convert_from(n.answer, 'UTF8')::jsonb #>> '{answer,money_minor}')::bigint
    or (k.partner_id, k.return_id) is distinct from (n.partner_id, n.return_id) as is_wrong
from return_without_receipt n
cross join lateral (
    select sum((each.value ->> 'amount_minor')::bigint) as amount from jsonb_each(n.goods) each
) goods
left join return_key k
    on k.home_bucket = n.bucket and k.month = n.month and k.return_receipt_id = n.return_receipt_id

-- name: returns_without_receipt_use_their_allowance
-- What was paid out without a receipt is counted against its terminal's allowance of that day, and nothing else is.
select
    coalesce(n.return_receipt_id, u.receipt_id)::text as key,
    n.money_minor is distinct from u.uses or n.terminal_id is distinct from u.owner_id as is_wrong
from (
    select n.month, n.return_receipt_id, n.money_minor, t.terminal_id
    from return_without_receipt n
    left join terminal t
        on t.partner_id = n.partner_id and t.store_code = n.store_code and t.code = n.terminal_code
) n
full join (
    select month, receipt_id, uses, owner_id from limit_use where limit_code = 'allowance:returns'
) u on u.month = n.month and u.receipt_id = n.return_receipt_id

-- name: returns_without_receipt_move_no_points
-- No posting belongs to a return without receipt: nobody knows what its goods had earned.
select
    n.return_receipt_id::text as key,
    exists (select from posting p where p.receipt_id = n.return_receipt_id) as is_wrong
from return_without_receipt n
