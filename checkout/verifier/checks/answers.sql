-- Stored answers: what tills and customers were told. Reading them is most of the verifier's work,
-- so the first check does it in one pass, and its keys say which part differs.

-- name: answers_agree_with_receipts
-- What was answered is what was booked: its head, lines, shares per till line, and claims.
select
    format('%s: %s', receipt_id, concat_ws(
        ', ',
        case when not coalesce(head_agrees, false) then 'head' end,
        case when not coalesce(lines_agree, false) then 'lines' end,
        case when not coalesce(shares_agree, false) then 'shares' end,
        case when not coalesce(claims_agree, false) then 'claims' end
    )) as key,
    (head_agrees and lines_agree and shares_agree and claims_agree) is not true as is_wrong
from (
    select
        r.receipt_id,
        (
            stored.kind, a.status, a.receipt_id, a.purchase_id, a.snapshot_id, a.confirmed_at,
            o.currency, o.amount_minor, o.external_discount_minor, o.manual_discount_minor,
            o.discount_minor, o.points_value_minor, o.certificates_minor,
            o.rounding_minor, o.payable_minor,
            o.points_earned_minor, o.redemption ->> 'currency',
            (o.redemption ->> 'points_minor')::bigint, (o.redemption ->> 'value_minor')::bigint
        ) = (
            'ConfirmAnswer', 'ok', r.receipt_id, r.purchase_id, r.snapshot_id, r.confirmed_at,
            r.currency, r.amount_minor, r.external_discount_minor, r.manual_discount_minor,
            r.discount_minor, r.points_value_minor, r.certificates_minor,
            r.rounding_minor, r.payable_minor,
            r.points_earned_minor, r.spent_currency,
            r.points_spent_minor, r.points_value_minor
        )
        and (a.member ->> 'member_id')::uuid is not distinct from r.member_id as head_agrees,
        (
            line.amount, line.external_discount, line.manual_discount, line.discount,
            line.points_value, line.points_spent, line.points_earned, applied.discount,
            applied.points, line.certificates
        ) = (
            r.amount_minor, r.external_discount_minor, r.manual_discount_minor, r.discount_minor,
            r.points_value_minor, r.points_spent_minor, r.points_earned_minor, r.discount_minor,
            r.points_earned_minor, r.certificates_minor
        ) as lines_agree,
        line.shares_agree,
        (claimed.limits, claimed.budgets)
            is not distinct from (limit_used.claims, budget_used.claims) as claims_agree
    from receipt r
    cross join lateral jsonb_to_record(convert_from(r.answer, 'UTF8')::jsonb)
        as stored (kind text, answer jsonb)
    cross join lateral jsonb_to_record(stored.answer) as a (
        status text, receipt_id uuid, purchase_id text, snapshot_id text,
        confirmed_at timestamptz, member jsonb, outcome jsonb
    )
    cross join lateral jsonb_to_record(a.outcome) as o (
        currency text, amount_minor bigint, external_discount_minor bigint,
        manual_discount_minor bigint, discount_minor bigint, points_value_minor bigint,
        certificates_minor bigint, rounding_minor bigint, payable_minor bigint, points_earned_minor bigint,
        redemption jsonb, lines jsonb, applied jsonb, limit_claims jsonb, budget_claims jsonb
    )
    cross join lateral (
        select
            sum(l.amount_minor) as amount, sum(l.external_discount_minor) as external_discount,
            sum(l.manual_discount_minor) as manual_discount, sum(l.discount_minor) as discount, sum(l.points_value_minor) as points_value,
            sum(l.certificates_minor) as certificates, sum(l.points_spent_minor) as points_spent, sum(l.points_earned_minor) as points_earned,
            bool_and((
                s.amount, s.external_discount, s.manual_discount, s.discount, s.points_value,
                s.least_payable >= 0, granted.discount, earned.points, s.certificates
            ) is not distinct from (
                l.amount_minor::numeric, l.external_discount_minor::numeric,
                l.manual_discount_minor::numeric, l.discount_minor::numeric,
                l.points_value_minor::numeric, true, l.discount_minor::numeric,
                l.points_earned_minor::numeric, l.certificates_minor::numeric
            )) as shares_agree
        from jsonb_to_recordset(o.lines) as l (
            amount_minor bigint, external_discount_minor bigint, manual_discount_minor bigint,
            discount_minor bigint, points_value_minor bigint, points_spent_minor bigint, points_earned_minor bigint,
            certificates_minor bigint, discounts jsonb, points jsonb, shares jsonb
        )
        cross join lateral (
            select
                sum(amount_minor) as amount, sum(external_discount_minor) as external_discount,
                sum(manual_discount_minor) as manual_discount,
                sum(discount_minor) as discount, sum(points_value_minor) as points_value,
                sum(certificates_minor) as certificates,
                min(
                    amount_minor - external_discount_minor - manual_discount_minor
                    - discount_minor - points_value_minor - certificates_minor
                ) as least_payable
            from jsonb_to_recordset(l.shares) as share (
                amount_minor bigint, external_discount_minor bigint, manual_discount_minor bigint,
                discount_minor bigint, points_value_minor bigint, certificates_minor bigint
            )
        ) s
        cross join lateral (
            select coalesce(sum(granted_minor), 0) as discount
            from jsonb_to_recordset(l.discounts) as discount (granted_minor bigint)
        ) granted
        cross join lateral (
            select coalesce(sum(points_minor), 0) as points
            from jsonb_to_recordset(l.points) as points (currency text, points_minor bigint)
            where points.currency = o.currency
        ) earned
    ) line
    cross join lateral (
        select
            coalesce(sum(discount_minor), 0) as discount, coalesce(sum(points_minor), 0) as points
        from jsonb_to_recordset(o.applied) as campaign (discount_minor bigint, points_minor bigint)
    ) applied
    cross join lateral (
        select
            (
                -- Of the slot only its article: in which time zone it began the claim does not say.
                select array_agg(
                    (campaign, "limit", split_part(slot, '/', 2), uses, bound)::text
                    order by campaign, "limit", split_part(slot, '/', 2)
                )
                from jsonb_to_recordset(o.limit_claims)
                    as c (campaign text, "limit" text, slot text, uses bigint, bound bigint)
            ) as limits,
            (
                select array_agg((campaign, discount_minor, uses)::text order by campaign)
                from jsonb_to_recordset(o.budget_claims)
                    as c (campaign text, discount_minor bigint, uses bigint)
            ) as budgets
    ) claimed
    left join (
        select
            month, receipt_id,
            array_agg(
                (campaign_code, limit_code, sku, uses, bound)::text
                order by campaign_code, limit_code, sku
            ) as claims
        from limit_use
        -- What tills may give away by themselves is no limit of the rules.
        where limit_code not like 'allowance:%'
        group by month, receipt_id
    ) limit_used on limit_used.month = r.month and limit_used.receipt_id = r.receipt_id
    left join (
        select
            month, receipt_id,
            array_agg(
                (campaign_code, discount_minor, uses)::text order by campaign_code
            ) as claims
        from budget_use
        group by month, receipt_id
    ) budget_used on budget_used.month = r.month and budget_used.receipt_id = r.receipt_id
) compared

-- name: earned_points_are_posted
-- What an answer says was earned in each currency, in all and on its lines, is what was issued.
select
    format('%s %s', receipt_id, currency) as key,
    (told.bucket, told.month, told.points, told.on_lines)
        is distinct from (posted.bucket, posted.month, posted.points, posted.points) as is_wrong
from (
    select r.bucket, r.month, r.receipt_id, parts.currency, parts.points, parts.on_lines
    from receipt r
    -- Not to be folded into what follows: the text is parsed once.
    cross join lateral (
        select convert_from(r.answer, 'UTF8')::jsonb #> '{answer,outcome}' as said offset 0
    ) outcome
    cross join lateral (
        select currency, sum(points) as points, sum(on_lines) as on_lines
        from (
            select currency, points_minor as points, 0 as on_lines
            from jsonb_to_recordset(outcome.said -> 'earned')
                as earned (currency text, points_minor bigint)
            union all
            select part.currency, 0, part.points_minor
            from jsonb_to_recordset(outcome.said -> 'lines') as line (points jsonb)
            cross join lateral jsonb_to_recordset(line.points)
                as part (currency text, points_minor bigint)
        ) each
        group by currency
    ) parts
) told
full join (
    select p.bucket, p.month, p.receipt_id, e.currency, -sum(e.amount) as points
    from posting p
    join entry e using (bucket, month, posting_id)
    where p.kind = 'sale' and e.role = 'issued'
    group by p.bucket, p.month, p.receipt_id, e.currency
) posted using (receipt_id, currency)
