-- name: sold_without
-- Receipts of which a till gave something away by itself, or something did not fit; the latest first.
select *
from admin_sold_without
where business_day between :since and :until
    and month between date_trunc('month', cast(:since as date) - 1) and date_trunc('month', cast(:until as date) + 31)
    and (cast(:store as text) = '' or store_code = :store)
    and (cast(:terminal as text) = '' or terminal_code = :terminal)
    and (cast(:member as uuid) is null or member_id = cast(:member as uuid))
    and (cast(:card as text) = '' or card = :card)
    and (
        cast(:before as timestamptz) is null
        or (confirmed_at, receipt_id) < (cast(:before as timestamptz), cast(:before_id as uuid))
    )
order by confirmed_at desc, receipt_id desc
limit :rows_max

-- name: reconciliations
-- Shifts as tills told them, the latest comparison first.
select bucket, reconciliation_id, store_code, terminal_code, shift, business_day, at, till, service, missing, agrees
from admin_reconciliation
where business_day between :since and :until
    and (cast(:store as text) = '' or store_code = :store)
    and (cast(:terminal as text) = '' or terminal_code = :terminal)
    and (cast(:state as text) = '' or agrees = (:state = 'agrees'))
    and (
        cast(:before as timestamptz) is null
        or (at, reconciliation_id) < (cast(:before as timestamptz), cast(:before_id as uuid))
    )
order by at desc, reconciliation_id desc
limit :rows_max

-- name: reconciliation
select * from admin_reconciliation where bucket = :bucket and reconciliation_id = :reconciliation_id

-- name: receipts_of_shift
-- Sales of a shift, in the order of their numbers' time.
select bucket, month, receipt_id, receipt_number, purchase_id, confirmed_at, member_id, payable_minor
from admin_receipt
where store_code = :store and terminal_code = :terminal and business_day = :day and shift = :shift
order by confirmed_at
limit :rows_max

-- name: returns_without_receipt
-- Goods of which nobody knew the purchase, the latest first.
select *
from admin_return_without_receipt
where business_day between :since and :until
    and month between date_trunc('month', cast(:since as date) - 1) and date_trunc('month', cast(:until as date) + 31)
    and (cast(:store as text) = '' or store_code = :store)
    and (cast(:terminal as text) = '' or terminal_code = :terminal)
    and (cast(:cashier as text) = '' or cashier = :cashier)
    and (
        cast(:before as timestamptz) is null
        or (returned_at, return_receipt_id) < (cast(:before as timestamptz), cast(:before_id as uuid))
    )
order by returned_at desc, return_receipt_id desc
limit :rows_max
