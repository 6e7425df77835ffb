-- Receipts: they add up, in money and in points, and their stored answers say the same.

-- name: receipts_add_up
-- Payable is the amount less discounts and points; nothing of it is below zero.
select
    receipt_id::text as key,
    payable_minor
        <> amount_minor - external_discount_minor - discount_minor - points_value_minor
    or least(
        amount_minor, external_discount_minor, discount_minor, points_value_minor, payable_minor,
        points_spent_minor, points_earned_minor
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
-- Points spent and earned on a receipt are the legs of its one posting, and its member's.
select
    coalesce(r.receipt_id, p.receipt_id)::text as key,
    r.receipt_id is null
    or coalesce(p.postings, 0) > 1
    or (p.receipt_id is not null and r.member_id is distinct from p.member_id)
    or (p.receipt_id is not null and r.currency is distinct from p.currency)
    or r.points_spent_minor <> coalesce(p.redeemed, 0)
    or r.points_earned_minor <> coalesce(p.issued, 0) as is_wrong
from receipt r
full join (
    select
        p.bucket, p.month, p.receipt_id,
        count(distinct p.posting_id) as postings,
        min(e.currency) as currency,
        (array_agg(p.member_id))[1] as member_id,
        coalesce(sum(e.amount) filter (where e.role = 'redeemed'), 0) as redeemed,
        coalesce(-sum(e.amount) filter (where e.role = 'issued'), 0) as issued
    from posting p
    join entry e using (bucket, month, posting_id)
    where p.receipt_id is not null
    group by p.bucket, p.month, p.receipt_id
) p using (bucket, month, receipt_id)

-- name: prices_were_in_force
-- A receipt is confirmed within 15 minutes of its evaluation, or within 2 hours under a hold.
select
    r.receipt_id::text as key,
    r.confirmed_at > r.evaluated_at
        + case when h.hold_id is null then interval '15 minutes' else interval '2 hours' end
    as is_wrong
from receipt r
left join hold h
    on h.partner_id = r.selling_partner_id and h.purchase_id = r.purchase_id and h.state = 'posted'

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

-- name: answers_agree_with_receipts
-- What was answered is what the receipt says: ids, moment, member and every amount.
select
    r.receipt_id::text as key,
    stored.kind <> 'ConfirmAnswer'
    or a.status <> 'ok'
    or a.receipt_id <> r.receipt_id
    or a.purchase_id <> r.purchase_id
    or a.snapshot_id <> r.snapshot_id
    or a.confirmed_at <> r.confirmed_at
    or (a.member ->> 'member_id')::uuid is distinct from r.member_id
    or o.currency <> r.currency
    or o.amount_minor <> r.amount_minor
    or o.external_discount_minor <> r.external_discount_minor
    or o.discount_minor <> r.discount_minor
    or o.points_value_minor <> r.points_value_minor
    or o.payable_minor <> r.payable_minor
    or o.points_earned_minor <> r.points_earned_minor
    or (o.redemption ->> 'points_minor')::bigint <> r.points_spent_minor
    or (o.redemption ->> 'value_minor')::bigint <> r.points_value_minor as is_wrong
from receipt r
cross join lateral jsonb_to_record(convert_from(r.answer, 'UTF8')::jsonb)
    as stored (kind text, answer jsonb)
cross join lateral jsonb_to_record(stored.answer) as a (
    status text, receipt_id uuid, purchase_id text, snapshot_id text, confirmed_at timestamptz,
    member jsonb, outcome jsonb
)
cross join lateral jsonb_to_record(a.outcome) as o (
    currency text, amount_minor bigint, external_discount_minor bigint, discount_minor bigint,
    points_value_minor bigint, payable_minor bigint, points_earned_minor bigint, redemption jsonb
)

-- name: answer_lines_sum_to_receipts
-- The lines of an answer, and the campaigns that applied, sum to the receipt.
select
    r.receipt_id::text as key,
    (
        l.amount, l.external_discount, l.discount, l.points_value, l.points_spent, l.points_earned
    ) is distinct from (
        r.amount_minor::numeric, r.external_discount_minor::numeric, r.discount_minor::numeric,
        r.points_value_minor::numeric, r.points_spent_minor::numeric, r.points_earned_minor::numeric
    )
    or (c.discount, c.points) is distinct from (
        r.discount_minor::numeric, r.points_earned_minor::numeric
    ) as is_wrong
from receipt r
cross join lateral jsonb_to_record(convert_from(r.answer, 'UTF8')::jsonb #> '{answer,outcome}')
    as outcome (lines jsonb, applied jsonb)
cross join lateral (
    select
        sum(amount_minor) as amount, sum(external_discount_minor) as external_discount,
        sum(discount_minor) as discount, sum(points_value_minor) as points_value,
        sum(points_spent_minor) as points_spent, sum(points_earned_minor) as points_earned
    from jsonb_to_recordset(outcome.lines) as line (
        amount_minor bigint, external_discount_minor bigint, discount_minor bigint,
        points_value_minor bigint, points_spent_minor bigint, points_earned_minor bigint
    )
) l
cross join lateral (
    select coalesce(sum(discount_minor), 0) as discount, coalesce(sum(points_minor), 0) as points
    from jsonb_to_recordset(outcome.applied)
        as campaign (discount_minor bigint, points_minor bigint)
) c

-- name: till_shares_sum_to_lines
-- What is printed per till line sums to the line; so do the discounts and points that explain it.
select
    format('%s %s', r.receipt_id, l.sku) as key,
    (s.amount, s.external_discount, s.discount, s.points_value) is distinct from (
        l.amount_minor::numeric, l.external_discount_minor::numeric, l.discount_minor::numeric,
        l.points_value_minor::numeric
    )
    or s.least_payable < 0
    or d.granted <> l.discount_minor
    or p.points <> l.points_earned_minor as is_wrong
from receipt r
cross join lateral jsonb_to_recordset(
    convert_from(r.answer, 'UTF8')::jsonb #> '{answer,outcome,lines}'
) as l (
    sku text, amount_minor bigint, external_discount_minor bigint, discount_minor bigint,
    points_value_minor bigint, points_earned_minor bigint, discounts jsonb, points jsonb,
    shares jsonb
)
cross join lateral (
    select
        sum(amount_minor) as amount, sum(external_discount_minor) as external_discount,
        sum(discount_minor) as discount, sum(points_value_minor) as points_value,
        min(amount_minor - external_discount_minor - discount_minor - points_value_minor)
            as least_payable
    from jsonb_to_recordset(l.shares) as share (
        amount_minor bigint, external_discount_minor bigint, discount_minor bigint,
        points_value_minor bigint
    )
) s
cross join lateral (
    select coalesce(sum(granted_minor), 0) as granted
    from jsonb_to_recordset(l.discounts) as discount (granted_minor bigint)
) d
cross join lateral (
    select coalesce(sum(points_minor), 0) as points
    from jsonb_to_recordset(l.points) as earned (points_minor bigint)
) p

-- name: answered_claims_are_used
-- The limits and budgets that an answer claims are the use rows of its receipt, and no others.
select
    format('%s %s %s', receipt_id, campaign, "limit") as key,
    (a.slot, a.uses, a.bound, a.discount_minor)
        is distinct from (u.slot, u.uses, u.bound, u.discount_minor) as is_wrong
from (
    select r.month, r.receipt_id, claim.*
    from receipt r
    cross join lateral jsonb_to_record(
        convert_from(r.answer, 'UTF8')::jsonb #> '{answer,outcome}'
    ) as outcome (limit_claims jsonb, budget_claims jsonb)
    cross join lateral (
        select campaign, "limit", slot, uses, bound, null::bigint as discount_minor
        from jsonb_to_recordset(outcome.limit_claims)
            as c (campaign text, "limit" text, slot date, uses bigint, bound bigint)
        union all
        select campaign, '', null, uses, null, discount_minor
        from jsonb_to_recordset(outcome.budget_claims)
            as c (campaign text, uses bigint, discount_minor bigint)
    ) claim
) a
full join (
    select
        month, receipt_id, campaign_code as campaign, limit_code as "limit", slot_start as slot,
        uses, bound, null::bigint as discount_minor
    from limit_use
    union all
    select month, receipt_id, campaign_code, '', null, uses, null, discount_minor
    from budget_use
) u using (month, receipt_id, campaign, "limit")
