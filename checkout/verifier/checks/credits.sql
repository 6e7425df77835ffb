-- Credits: a guest's receipt that earned for a member later, once, and costs what it has cost.

-- name: credits_have_their_purchase
-- The purchase of a credit names it and is a guest's receipt, and no purchase names another.
select
    coalesce(c.credit_id, k.credit_id)::text as key,
    (c.partner_id, c.purchase_id, c.bucket, c.month, c.receipt_id) is distinct from
        (k.partner_id, k.purchase_id, k.credit_bucket, k.credit_month, k.receipt_id)
    or r.member_id is not null
    -- In between a time server may have set the clock back a little.
    or c.credited_at < r.confirmed_at - interval '1 minute' as is_wrong
from credit c
full join (select * from purchase_key where credit_id is not null) k using (credit_id)
left join receipt r on r.receipt_id = c.receipt_id

-- name: credits_change_no_price
-- What a credit answers was paid as its receipt was, and the points that it names are issued by its one
-- posting.
select
    c.credit_id::text as key,
    (told.payable_minor, told.discount_minor, told.points_value_minor)
        is distinct from (r.payable_minor, r.discount_minor, r.points_value_minor)
    or coalesce(told.earned, '{}') is distinct from coalesce(p.issued, '{}') as is_wrong
from credit c
join receipt r on r.receipt_id = c.receipt_id
cross join lateral (
    select
        o.payable_minor, o.discount_minor, o.points_value_minor,
        (
            select jsonb_object_agg(currency, points)
            from (
                select each.currency, sum(each.points_minor) as points
                from jsonb_to_recordset(o.earned) as each (currency text, points_minor bigint)
                group by each.currency
            ) sums
        ) as earned
    from jsonb_to_record(convert_from(c.answer, 'UTF8')::jsonb #> '{answer,outcome}') as o (
        payable_minor bigint, discount_minor bigint, points_value_minor bigint, earned jsonb
    )
) told
left join (
    select bucket, month, receipt_id, member_id, jsonb_object_agg(currency, points) as issued
    from (
        select p.bucket, p.month, p.receipt_id, p.member_id, e.currency, -sum(e.amount) as points
        from posting p
        join entry e using (bucket, month, posting_id)
        where p.kind = 'credit' and e.role = 'issued'
        group by p.bucket, p.month, p.receipt_id, p.member_id, e.currency
    ) sums
    group by bucket, month, receipt_id, member_id
) p
    on p.bucket = c.bucket and p.month = c.month and p.receipt_id = c.credit_id
    and p.member_id = coalesce(c.household_id, c.member_id)

-- name: credit_postings_have_their_credit
-- Points that were credited belong to a credit of the same member or household.
select p.posting_id::text as key, coalesce(c.household_id, c.member_id) is distinct from p.member_id as is_wrong
from posting p
left join credit c
    on c.bucket = p.bucket and c.month = p.month and c.credit_id = p.receipt_id
where p.kind = 'credit'
