-- Receipts: they add up, in money and in points, and their stored answers say the same.

-- name: receipts_add_up
-- Payable is the amount less discounts, points, certificates and rounding; nothing but rounding is below zero.
select
    receipt_id::text as key,
    payable_minor
        <> amount_minor - external_discount_minor - manual_discount_minor - discount_minor
            - points_value_minor - certificates_minor - rounding_minor
    or least(
        amount_minor, external_discount_minor, manual_discount_minor, discount_minor,
        points_value_minor, certificates_minor, payable_minor, points_spent_minor, points_earned_minor
    ) < 0 as is_wrong
from receipt

-- name: receipts_are_what_was_sent
-- The amount of a receipt is the sum of the lines that the till sent.
select r.receipt_id::text as key, r.amount_minor is distinct from sent.amount_minor as is_wrong
from receipt r
cross join lateral (
    select sum(line.amount_minor) as amount_minor
    from jsonb_to_recordset(convert_from(r.content, 'UTF8')::jsonb #> '{receipt,lines}')
        as line (amount_minor bigint)
) sent

-- name: receipt_points_are_posted
-- Points spent and earned on a receipt are the legs of its one posting, and its household's or member's.
-- (What was earned in currencies other than the first is compared with the stored answer.)
select
    coalesce(r.receipt_id, p.receipt_id)::text as key,
    r.receipt_id is null
    or coalesce(p.postings, 0) > 1
    or (p.receipt_id is not null and coalesce(r.household_id, r.member_id) is distinct from p.member_id)
    or (r.spent_currency, r.points_spent_minor)
        is distinct from (coalesce(p.spent_currency, r.spent_currency), coalesce(p.redeemed, 0))
    or r.points_earned_minor
        <> coalesce((p.issued ->> r.currency)::bigint, 0) as is_wrong
from receipt r
full join (
    select
        leg.bucket, leg.month, leg.receipt_id,
        count(distinct leg.posting_id) as postings,
        (array_agg(leg.member_id))[1] as member_id,
        -- Two currencies that were spent are none that a receipt can name.
        string_agg(leg.currency, '|') filter (where leg.role = 'redeemed') as spent_currency,
        coalesce(sum(leg.amount) filter (where leg.role = 'redeemed'), 0) as redeemed,
        coalesce(
            jsonb_object_agg(leg.currency, -leg.amount) filter (where leg.role = 'issued'), '{}'
        ) as issued
    from (
        select p.bucket, p.month, p.receipt_id, p.posting_id, p.member_id, e.currency, e.role,
            sum(e.amount) as amount
        from posting p
        join entry e using (bucket, month, posting_id)
        where p.receipt_id is not null and p.kind = 'sale'
        group by p.bucket, p.month, p.receipt_id, p.posting_id, p.member_id, e.currency, e.role
    ) leg
    group by leg.bucket, leg.month, leg.receipt_id
) p using (bucket, month, receipt_id)

-- name: prices_were_in_force
-- A receipt is confirmed within 15 minutes of its evaluation, or within 2 hours under a hold; what
-- was sold without the service, or paid at the price of a hold that has ended, within 31 days.
-- (A database whose clock is put right steps back by less than a minute.)
select
    r.receipt_id::text as key,
    r.evaluated_at > r.confirmed_at + interval '1 minute'
    or r.confirmed_at > r.evaluated_at
        + case
            when r.already_paid or r.mode <> 'online' then interval '31 days'
            when h.state = 'posted' then interval '2 hours'
            else interval '15 minutes'
        end
    or (r.already_paid and r.mode = 'online' and h.state is distinct from 'expired')
    as is_wrong
from receipt r
left join purchase_key k
    on k.partner_id = r.selling_partner_id and k.purchase_id = r.purchase_id
left join hold h  -- of one who has left a household it lies with that
    on h.partner_id = k.partner_id and h.hold_id = k.hold_id

-- name: receipt_documents_are_json
-- Everything that replays and explains a receipt can be read.
select
    receipt_id::text as key,
    not (
        convert_from(content, 'UTF8') is json object
        and convert_from(facts, 'UTF8') is json object
        and convert_from(answer, 'UTF8') is json object
    ) as is_wrong
from receipt
