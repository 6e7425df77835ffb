-- name: certificate_entries
-- Movements of one certificate, the latest first.
select seq, against, amount, balance_after, at, reason, author, purchase_id, store_code, is_return
from admin_certificate_entry
where bucket = :bucket and certificate_id = :certificate_id
order by seq desc
limit :rows_max

-- name: coupon_origin
-- Who issued a coupon and why, or the sale that did.
select author, reason, purchase_id from admin_coupon_origin where bucket = :bucket and code_id = :code_id

-- name: coupon_uses
-- Sales that used a coupon, and returns that gave it back (uses below zero), the latest first.
select at, store_code, purchase_id, member_id, uses, overrun
from admin_coupon_use
where coupon_id = :coupon_id
order by at desc nulls last, receipt_id
limit :rows_max
