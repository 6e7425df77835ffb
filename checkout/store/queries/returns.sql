-- name: write_without_receipt
-- Goods of which nobody knew the purchase; the keys that name them and the allowance stand in write_book.
insert into return_without_receipt (
    bucket, month, return_receipt_id, partner_id, return_id, member_id, store_code, terminal_code, returned_at,
    business_day, shift, receipt_number, cashier, reason, money_minor, goods, answer
)
select * from unnest(
    :returned.bucket::smallint[], :returned.month::date[], :returned.return_receipt_id::uuid[],
    :returned.partner_id::uuid[], :returned.return_id::text[], :returned.member_id::uuid[],
    :returned.store_code::text[], :returned.terminal_code::text[], :returned.returned_at::timestamptz[],
    :returned.business_day::date[], :returned.shift::text[], :returned.receipt_number::text[],
    :returned.cashier::text[], :returned.reason::text[], :returned.money_minor::bigint[],
    :returned.goods::jsonb[], :returned.answer::bytea[]
)
