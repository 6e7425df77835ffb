-- Keys: one sale is one receipt, one call has one answer.

-- name: receipts_have_their_purchase
-- Each receipt is the one that its confirmed purchase names: a sale is counted once.
select
    r.receipt_id::text as key,
    (k.state, k.home_bucket, k.month, k.receipt_id)
        is distinct from ('confirmed', r.bucket, r.month, r.receipt_id) as is_wrong
from receipt r
left join purchase_key k
    on k.partner_id = r.selling_partner_id and k.purchase_id = r.purchase_id

-- name: confirmed_purchases_have_their_receipt
-- A confirmed purchase names a receipt that exists and is of that purchase.
select
    format('%s %s', k.partner_id, k.purchase_id) as key,
    r.selling_partner_id is distinct from k.partner_id
    or r.purchase_id is distinct from k.purchase_id as is_wrong
from purchase_key k
left join receipt r
    on r.bucket = k.home_bucket and r.month = k.month and r.receipt_id = k.receipt_id
where k.state = 'confirmed'

-- name: other_purchases_have_no_receipt
-- A purchase that is not confirmed, a cancelled one above all, has no receipt.
select
    format('%s %s', k.partner_id, k.purchase_id) as key,
    k.receipt_id is not null or r.receipt_id is not null as is_wrong
from purchase_key k
left join receipt r
    on r.selling_partner_id = k.partner_id and r.purchase_id = k.purchase_id
where k.state <> 'confirmed'

-- name: requests_have_their_receipt
-- A call that made a receipt points to one that exists, of its partner and purchase.
select
    format('%s %s %s', k.partner_id, k.method, k.request_id) as key,
    k.answer is not null
    or r.selling_partner_id is distinct from k.partner_id
    or r.purchase_id is distinct from k.purchase_id as is_wrong
from request_key k
left join receipt r
    on r.bucket = k.home_bucket and r.month = k.month and r.receipt_id = k.receipt_id
where k.receipt_id is not null

-- name: receipts_have_their_request
-- The call that made a receipt can be repeated for 72 hours and finds its answer; what was submitted
-- off line is found by its purchase.
select
    r.receipt_id::text as key,
    k.receipt_id is null and r.confirmed_at > transaction_timestamp()
        + coalesce(nullif(current_setting('checkout.clock_offset', true), ''), '0')::interval
        - interval '72 hours'
    as is_wrong
from receipt r
left join (
    select distinct home_bucket as bucket, month, receipt_id
    from request_key where method in ('Confirm', 'AddPurchase') and receipt_id is not null
) k using (bucket, month, receipt_id)
where r.mode <> 'offline'

-- name: stored_answers_are_readable
-- A call that made no receipt has its own answer, which can be read.
select
    format('%s %s %s', partner_id, method, request_id) as key,
    case
        when convert_from(answer, 'UTF8') is json object
        then coalesce(convert_from(answer, 'UTF8')::json ->> 'kind', '') = ''
            or json_typeof(convert_from(answer, 'UTF8')::json -> 'answer')
                is distinct from 'object'
        else true
    end as is_wrong
from request_key
where receipt_id is null

-- name: qr_codes_are_of_one_purchase
-- A sale that was made with a QR code has claimed one, of its member; a code that was claimed belongs
-- to a purchase that is known.
select
    coalesce(r.receipt_id::text, q.token_id::text) as key,
    q.token_id is null or k.purchase_id is null
    or (r.receipt_id is not null and r.member_id is distinct from q.member_id) as is_wrong
from (
    select selling_partner_id as partner_id, purchase_id, receipt_id, member_id
    from receipt
    -- What has no such word need not be opened.
    where member_id is not null
        and case when strpos(convert_from(content, 'UTF8'), '"qr"') > 0
            then convert_from(content, 'UTF8')::jsonb #>> '{identifier,0}' = 'qr' end
) r
full join qr_claim q using (partner_id, purchase_id)
left join purchase_key k using (partner_id, purchase_id)

-- name: receipt_numbers_have_their_receipt
-- A receipt number that is taken is that of a receipt.
select
    format('%s %s/%s %s', n.store_code, n.terminal_code, n.receipt_number, n.business_day) as key,
    (r.store_code, r.terminal_code, r.shift, r.receipt_number)
        is distinct from (n.store_code, n.terminal_code, n.shift, n.receipt_number) as is_wrong
from natural_key n
left join receipt r
    on r.selling_partner_id = n.partner_id and r.purchase_id = n.purchase_id
