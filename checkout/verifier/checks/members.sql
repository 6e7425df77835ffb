-- Members: what is counted of them.

-- name: purchases_count_receipts
-- A member has made at least the purchases of its receipts that have not come back whole, the last
-- of these on no earlier date.
select
    m.member_id::text as key,
    m.purchases < coalesce(r.receipts, 0)
    or coalesce(coalesce(m.last_purchase_on, '-infinity') < r.last_on, false) as is_wrong
from member m
left join (
    select
        member_id, count(*) as receipts,
        max((convert_from(content, 'UTF8')::jsonb #>> '{receipt,local_time}')::timestamp::date)
            as last_on
    from receipt
    where member_id is not null
        and not exists (
            select from return_receipt b
            where b.bucket = receipt.bucket and b.receipt_id = receipt.receipt_id
                and (convert_from(b.answer, 'UTF8')::jsonb #>> '{answer,is_all}')::boolean
        )
    group by member_id  -- in the bucket of the household, too
) r using (member_id)
