-- name: find_receipts
-- Receipts of a span of days that were confirmed in a span of time, newest first.
select
    bucket, month, receipt_id, purchase_id, store_code, terminal_code, business_day, confirmed_at, receipt_number, shift,
    member_id, mode, amount_minor, external_discount_minor + manual_discount_minor + discount_minor as discount_minor,
    points_spent_minor, points_earned_minor, payable_minor
from admin_receipt
where month between cast(date_trunc('month', cast(:after as timestamptz) - interval '1 day') as date)
        and cast(cast(:last as timestamptz) + interval '1 day' as date)
    and confirmed_at > cast(:after as timestamptz) and confirmed_at <= cast(:last as timestamptz)
    -- Not by their index: that is of shifts, and it has a day in as many places as there are tills.
    and business_day + 0 between :since and :until
    and (cast(:store as text) = '' or store_code = :store)
    and (cast(:number as text) = '' or receipt_number = :number)
    and (
        cast(:before as timestamptz) is null
        or (confirmed_at, receipt_id) < (cast(:before as timestamptz), cast(:before_id as uuid))
    )
order by confirmed_at desc, receipt_id desc
limit :rows_max

-- name: receipt
select * from admin_receipt where bucket = :bucket and month = :month and receipt_id = :receipt_id

-- name: receipt_returns
-- What came back of a sale, the earliest first, with positions and quantities in thousandths.
with goods as (
    select return_receipt_id, jsonb_object_agg(position, quantity_milli order by position) as quantities
    from admin_return_line
    where sale_id = :receipt_id
    group by return_receipt_id
)
select
    r.return_id, r.returned_at, r.store_code, r.terminal_code, r.receipt_number, r.cashier, r.money_minor,
    r.points_value_minor, r.certificates_minor, r.points_back_minor, g.quantities
from goods g
join admin_return r on r.bucket = :bucket and r.return_receipt_id = g.return_receipt_id and r.month >= :month
order by r.returned_at

-- name: publication_of_receipt
-- That which put the snapshot of a receipt in force, the last before its sale: a rollback publishes it again.
select p.seq
from admin_receipt r
join publication p on p.snapshot_id = r.snapshot_id
where r.bucket = :bucket and r.month = :month and r.receipt_id = :receipt_id
order by p.published_at <= r.confirmed_at desc, p.seq desc
limit 1
