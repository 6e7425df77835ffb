-- Limits and budgets: counted exactly, and never exceeded.
--
-- "Never exceeded" is judged by the bound that each use itself was given, since bounds may be
-- changed at any time; that it is the one of its receipt's rules is a check of its own. Two
-- sentences follow from "at its decision, all that was decided before plus itself fitted": however
-- they were ordered, the uses with a bound of at most b sum to at most b; and a use fits beside
-- those that were decided well before it. (Transactions read their clocks before they wait for each
-- other, so the order inside a minute is not known: what was given back counts as if it had been
-- before, what was used as if it had been after.)

-- name: limit_slots_are_sums_of_uses
-- What a limit's slot has used is the sum of its use rows.
select
    format('%s %s/%s %s %s', subject_id, campaign_code, limit_code, slot_start, sku) as key,
    s.used is distinct from coalesce(u.total, 0) as is_wrong
from limit_slot s
full join (
    select
        bucket, owner_id, subject_id, campaign_code, limit_code, sku, slot_start, sum(uses) as total
    from limit_use
    group by bucket, owner_id, subject_id, campaign_code, limit_code, sku, slot_start
) u using (bucket, owner_id, subject_id, campaign_code, limit_code, sku, slot_start)

-- name: limit_slots_hold_what_is_pending
-- What a limit's slot holds is what pending holds claim of it.
select
    format('%s %s/%s %s %s', subject_id, campaign_code, limit_code, slot_start, sku) as key,
    s.held is distinct from coalesce(h.total, 0) as is_wrong
from limit_slot s
full join (
    select
        claim.owner_id, claim.subject_id, claim.campaign as campaign_code,
        claim."limit" as limit_code, claim.sku, claim.slot as slot_start, sum(claim.uses) as total
    from hold
    cross join jsonb_to_recordset(hold.claims -> 'limits') as claim (
        owner_id uuid, subject_id uuid, campaign text, "limit" text, sku text, slot timestamp,
        uses bigint
    )
    where hold.state = 'pending'
    group by
        claim.owner_id, claim.subject_id, claim.campaign, claim."limit", claim.sku, claim.slot
) h using (owner_id, subject_id, campaign_code, limit_code, sku, slot_start)

-- name: limits_are_not_exceeded
-- No use of a limit goes beyond the bound it was given, but for what is flagged as an overrun.
select
    format('%s %s/%s', receipt_id, campaign_code, limit_code) as key,
    sum(uses - overrun) over (slot order by bound) > bound
    or uses > overrun and uses - overrun + coalesce(sum(uses) filter (where uses > 0) over (
        slot order by decided_at
        range between unbounded preceding and interval '1 minute' preceding
    ), 0) + coalesce(sum(uses) filter (where uses < 0) over (
        slot order by decided_at
        range between unbounded preceding and interval '1 minute' following
    ), 0) > bound as is_wrong
from (
    select u.*, coalesce(
        h.created_at, r.confirmed_at, b.returned_at, c.credited_at, n.returned_at, k.made_at, '-infinity'
    ) as decided_at
    from limit_use u
    left join receipt r on r.month = u.month and r.receipt_id = u.receipt_id
    left join return_receipt b on b.month = u.month and b.return_receipt_id = u.receipt_id
    left join credit c on c.month = u.month and c.credit_id = u.receipt_id
    left join return_without_receipt n on n.month = u.month and n.return_receipt_id = u.receipt_id
    left join correction k
        on k.bucket = crc32(uuid_send(u.receipt_id)) % 64 and k.correction_id = u.receipt_id
    left join hold h
        on h.partner_id = r.selling_partner_id and h.purchase_id = r.purchase_id
        and h.state = 'posted'
) decided
window slot as (
    partition by bucket, owner_id, subject_id, campaign_code, limit_code, sku, slot_start
)

-- name: uses_were_given_the_bound_of_their_rules
-- Each use of a limit names the bound that the rules of its own receipt set, as published then. (An
-- allowance is the partner's setting of its day, not a rule.)
with used as (
    select
        u.campaign_code, u.limit_code, u.receipt_id, u.bound, r.snapshot_id, r.program_code
    from limit_use u
    left join return_receipt b on b.month = u.month and b.return_receipt_id = u.receipt_id
    left join credit c on c.month = u.month and c.credit_id = u.receipt_id
    left join receipt r on r.receipt_id = coalesce(b.receipt_id, c.receipt_id, u.receipt_id)
    where u.campaign_code <> '' or u.limit_code not in (
        'allowance:terminal', 'allowance:card', 'allowance:author', 'allowance:returns',
        'allowance:corrections'
    )
),
ruled as (
    select
        wanted.snapshot_id, wanted.program_code, wanted.campaign_code,
        rule ->> 'code' as limit_code, (rule ->> 'bound')::bigint as bound
    from (select snapshot_id, program_code, campaign_code from used group by 1, 2, 3) wanted
    join snapshot s using (snapshot_id)
    join lateral jsonb_array_elements(convert_from(s.manifest, 'UTF8')::jsonb -> 'parts') part on
        case wanted.campaign_code
            when '' then part ->> 0 = 'program' and part ->> 1 = wanted.program_code
            else part ->> 0 = 'campaign' and part ->> 1 = wanted.campaign_code
        end
    join snapshot_part p on p.part_hash = part ->> 2
    cross join lateral jsonb_array_elements(convert_from(p.body, 'UTF8')::jsonb -> 'limits') rule
)
select
    format('%s %s/%s', receipt_id, campaign_code, limit_code) as key,
    used.bound is distinct from ruled.bound as is_wrong
from used
left join ruled using (snapshot_id, program_code, campaign_code, limit_code)

-- name: budgets_are_sums_of_uses
-- What a budget has given, in money and in uses, is the sum of its use rows.
select
    format('%s %s', partner_id, campaign_code) as key,
    b.discount_used is distinct from coalesce(u.discount, 0)
    or b.uses_used is distinct from coalesce(u.uses, 0) as is_wrong
from budget b
full join (
    select bucket, partner_id, campaign_code, sum(discount_minor) as discount, sum(uses) as uses
    from budget_use
    group by bucket, partner_id, campaign_code
) u using (bucket, partner_id, campaign_code)

-- name: budgets_hold_what_is_pending
-- What a budget holds, in money and in uses, is what pending holds claim of it.
select
    format('%s %s', partner_id, campaign_code) as key,
    b.discount_held is distinct from coalesce(h.discount, 0)
    or b.uses_held is distinct from coalesce(h.uses, 0) as is_wrong
from budget b
full join (
    select
        hold.partner_id, claim.campaign as campaign_code,
        sum(claim.discount_minor) as discount, sum(claim.uses) as uses
    from hold
    cross join jsonb_to_recordset(hold.claims -> 'budgets')
        as claim (campaign text, discount_minor bigint, uses bigint)
    where hold.state = 'pending'
    group by hold.partner_id, claim.campaign
) h using (partner_id, campaign_code)

-- name: budgets_are_not_exceeded
-- No use of a budget goes beyond what the campaign allowed in the snapshot of its own receipt, but
-- for what is flagged as an overrun.
with used as (
    select
        u.partner_id, u.campaign_code, u.receipt_id, u.discount_minor, u.uses, u.overrun_minor,
        u.overrun_uses, r.snapshot_id,
        coalesce(h.created_at, r.confirmed_at) as decided_at
    from budget_use u
    join receipt r on r.month = u.month and r.receipt_id = u.receipt_id
    left join hold h
        on h.partner_id = r.selling_partner_id and h.purchase_id = r.purchase_id
        and h.state = 'posted'
    union all
    -- What a return gave back, by the rules of its sale.
    select
        u.partner_id, u.campaign_code, u.receipt_id, u.discount_minor, u.uses, 0, 0, r.snapshot_id,
        b.returned_at
    from budget_use u
    join return_receipt b on b.month = u.month and b.return_receipt_id = u.receipt_id
    join receipt r on r.receipt_id = b.receipt_id
    union all
    -- What a credit took, by the rules of its sale.
    select
        u.partner_id, u.campaign_code, u.receipt_id, u.discount_minor, u.uses, 0, 0, r.snapshot_id,
        c.credited_at
    from budget_use u
    join credit c on c.month = u.month and c.credit_id = u.receipt_id
    join receipt r on r.receipt_id = c.receipt_id
),
allowed as (
    select
        wanted.snapshot_id, wanted.campaign_code,
        (document.campaign -> 'budget' ->> 'discount_minor')::bigint as discount_bound,
        (document.campaign -> 'budget' ->> 'uses')::bigint as uses_bound,
        jsonb_typeof(document.campaign -> 'budget') = 'object' as is_bounded
    from (select snapshot_id, campaign_code from used group by 1, 2) wanted
    join snapshot s using (snapshot_id)
    join lateral jsonb_array_elements(convert_from(s.manifest, 'UTF8')::jsonb -> 'parts') part
        on part ->> 0 = 'campaign' and part ->> 1 = wanted.campaign_code
    join snapshot_part p on p.part_hash = part ->> 2
    -- Not to be folded into the columns above: the text is parsed once.
    cross join lateral (
        select convert_from(p.body, 'UTF8')::jsonb as campaign offset 0
    ) document
)
select
    format('%s %s', used.receipt_id, campaign_code) as key,
    not coalesce(allowed.is_bounded, false)
    or coalesce(
        sum(discount_minor - overrun_minor) over (budget order by discount_bound) > discount_bound,
        false
    )
    or coalesce(sum(uses - overrun_uses) over (budget order by uses_bound) > uses_bound, false)
    or discount_minor > overrun_minor and coalesce(
        discount_minor - overrun_minor
        + coalesce(sum(discount_minor) filter (where discount_minor > 0) over before, 0)
        + coalesce(sum(discount_minor) filter (where discount_minor < 0) over around, 0)
        > discount_bound, false
    )
    or uses > overrun_uses and coalesce(
        uses - overrun_uses
        + coalesce(sum(uses) filter (where uses > 0) over before, 0)
        + coalesce(sum(uses) filter (where uses < 0) over around, 0)
        > uses_bound, false
    ) as is_wrong
from used
left join allowed using (snapshot_id, campaign_code)
window
    budget as (partition by used.partner_id, campaign_code),
    before as (
        budget order by decided_at
        range between unbounded preceding and interval '1 minute' preceding
    ),
    around as (
        budget order by decided_at
        range between unbounded preceding and interval '1 minute' following
    )

-- name: uses_have_their_receipt
-- Each use of a limit or budget belongs to a receipt, a credit, a return without receipt, a correction,
-- or (given back) to a return; that of a member's limit to one of that member or household.
select
    format('%s %s', u.receipt_id, u.campaign_code) as key,
    coalesce(r.receipt_id, b.return_receipt_id, c.credit_id, n.return_receipt_id, k.correction_id) is null
    or (b.return_receipt_id is not null) <> u.is_back
    or (u.owner_id is not null
        and u.owner_id is distinct from coalesce(r.member_id, b.member_id, c.member_id)
        and u.owner_id is distinct from coalesce(r.household_id, b.household_id, c.household_id)) as is_wrong
from (
    select u.month, u.receipt_id, u.campaign_code, case when not s.shared then u.owner_id end
        as owner_id, u.uses < 0 as is_back
    from limit_use u
    left join limit_slot s
        using (bucket, owner_id, campaign_code, limit_code, slot_start, subject_id, sku)
    union all
    select month, receipt_id, campaign_code, null, discount_minor < 0 or uses < 0 from budget_use
) u
left join receipt r on r.month = u.month and r.receipt_id = u.receipt_id
left join return_receipt b on b.month = u.month and b.return_receipt_id = u.receipt_id
left join credit c on c.month = u.month and c.credit_id = u.receipt_id
left join return_without_receipt n on n.month = u.month and n.return_receipt_id = u.receipt_id
left join correction k
    on k.bucket = crc32(uuid_send(u.receipt_id)) % 64 and k.correction_id = u.receipt_id

-- name: allowances_count_what_one_author_corrected
-- What counts against an author's day is a correction that was booked with nobody else's agreement.
select
    u.receipt_id::text as key,
    (
        k.decided_by = '' and k.state in ('booked', 'undone')
        and abs(k.amount_minor) = u.uses and k.currency = u.sku
    ) is not true as is_wrong
from limit_use u
left join correction k
    on k.bucket = crc32(uuid_send(u.receipt_id)) % 64 and k.correction_id = u.receipt_id
where u.limit_code = 'allowance:corrections'
