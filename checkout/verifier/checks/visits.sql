-- What members bought, as it counts towards windows and tiers. What is still to be counted is not
-- judged: it is counted soon.

-- name: visits_are_receipts_less_returns
-- What a receipt counts of all goods is the money that was paid for its lines, less what was given
-- back for them, on its business day, once while a part of it is left; every receipt of a member
-- counts, and nothing else does.
select
    format('%s %s', member_id, receipt_id) as key,
    sold.receipt_id is null
    or coalesce(v.spend_minor, 0)
        <> case when sold.is_all_back then 0 else sold.paid_minor - sold.back_minor end
    or coalesce(v.visits, 0) <> (not sold.is_all_back)::int
    or coalesce(v.day <> sold.business_day, false)
    or coalesce(v.program_code <> sold.program_code, false) as is_wrong
from (
    select bucket, member_id, receipt_id, program_code, day, spend_minor, visits
    from visit where category_code = ''
) v
full join (
    select
        crc32(uuid_send(coalesce(c.member_id, r.member_id))) % 64 as bucket,
        coalesce(c.member_id, r.member_id) as member_id,
        r.receipt_id, r.program_code, r.business_day,
        -- That its lines sum to this is a check of its own, answers_agree_with_receipts.
        r.amount_minor - r.external_discount_minor - r.manual_discount_minor - r.discount_minor
            - r.points_value_minor - r.certificates_minor as paid_minor,
        coalesce(b.money_minor, 0) as back_minor,
        -- What was sold is asked of those alone of which something came back: it stands in the answer.
        b.receipt_id is not null and b.quantity_milli = (
            select sum((s ->> 'quantity_milli')::bigint)
            from jsonb_array_elements(convert_from(r.answer, 'UTF8')::jsonb #> '{answer,outcome,lines}') l
            cross join jsonb_array_elements(l -> 'shares') s
        ) as is_all_back
    from receipt r
    left join credit c on c.partner_id = r.selling_partner_id and c.receipt_id = r.receipt_id
    left join (
        select receipt_id, sum(money_minor) as money_minor, sum(quantity_milli) as quantity_milli
        from return_line group by receipt_id
    ) b on b.receipt_id = r.receipt_id
    where coalesce(c.member_id, r.member_id) is not null
) sold using (bucket, member_id, receipt_id)
where not exists (
    select from visit_pending p
    where p.bucket = coalesce(v.bucket, sold.bucket) and p.member_id = coalesce(v.member_id, sold.member_id)
        and p.receipt_id = coalesce(v.receipt_id, sold.receipt_id)
)

-- name: visits_of_categories_are_parts
-- What a receipt counts of a category lies within what it counts of all goods, on the same day; the
-- money of it as long as nothing came back, since a return may price the rest anew.
select
    format('%s %s %s', part.member_id, part.receipt_id, part.category_code) as key,
    whole.receipt_id is null
    or part.day <> whole.day or part.program_code <> whole.program_code
    or part.visits > whole.visits
    or part.points_minor > whole.points_minor
    or part.spend_minor not between 0 and whole.spend_minor
        and not exists (select from return_line l where l.receipt_id = part.receipt_id) as is_wrong
from visit part
left join visit whole
    on whole.bucket = part.bucket and whole.member_id = part.member_id
    and whole.receipt_id = part.receipt_id and whole.category_code = ''

-- name: windows_are_sums_of_visits
-- On the day on which it was worked out, on each on which it says that it changes, and four weeks
-- later, a window says what the visits of its days sum to, or 10^18 if that is more.
select
    format('%s %s %s %s %s', w.member_id, program.key, measure.key, span.key, day.last) as key,
    (
        select (step ->> 1)::bigint
        from jsonb_array_elements(span.value) step
        where (step ->> 0)::date <= day.last
        order by (step ->> 0)::date desc limit 1
    ) is distinct from (
        select least(coalesce(sum(case measure.key
            when 'spend' then v.spend_minor when 'visits' then v.visits else v.points_minor end), 0), 1e18)
        from visit v
        where v.bucket = w.bucket and v.member_id = w.member_id
            and v.category_code = split_part(span.key, '/', 2)
            and program.key in ('', v.program_code)
            and v.day <= day.last
            and v.day >= case split_part(span.key, '/', 1)
                when 'year' then date_trunc('year', day.last)::date
                else day.last - split_part(span.key, '/', 1)::int + 1
            end
    ) as is_wrong
from member_window w
cross join jsonb_each(w.windows) program
cross join jsonb_each(program.value) measure
cross join jsonb_each(measure.value) span
cross join lateral (
    select (step ->> 0)::date as last from jsonb_array_elements(span.value) step
    union select (w.counted_at at time zone 'UTC')::date
    union select (w.counted_at at time zone 'UTC')::date + 28
) day
where not exists (
    select from visit_pending p where p.bucket = w.bucket and p.member_id = w.member_id
)

-- name: tiers_follow_each_other
-- A member's changes of tier are numbered without a gap, each begins with the tier that the one
-- before ended with, and not before it.
select
    format('%s %s %s', member_id, program_code, seq) as key,
    seq <> row_number() over member_in_program
    or from_tier <> coalesce(lag(to_tier) over member_in_program, from_tier)
    or valid_from < coalesce(lag(valid_from) over member_in_program, valid_from)
    or coalesce(valid_until < valid_from, false) and cause in ('reached', 'set') as is_wrong
from tier_change
window member_in_program as (partition by bucket, member_id, program_code order by seq)

-- name: tiers_are_their_last_change
-- A participation has the tier, and the dates, of its latest change; one without changes was never
-- judged.
select
    format('%s %s', p.member_id, p.program_code) as key,
    coalesce(c.seq, 0) <> p.tier_seq
    or coalesce(c.cause, '') <> p.tier_cause
    or coalesce(c.to_tier, p.tier_code) <> p.tier_code
    or c.valid_until is distinct from p.tier_until and c.seq is not null as is_wrong
from participation p
left join lateral (
    select seq, to_tier, cause, valid_until from tier_change c
    where c.bucket = p.bucket and c.member_id = p.member_id and c.program_code = p.program_code
    order by seq desc limit 1
) c on true

-- name: tiers_were_judged_by_their_figures
-- A tier was reached, or kept, with at least what was needed, and lost with less.
select
    format('%s %s %s', member_id, program_code, seq) as key,
    case
        when cause in ('reached', 'kept') and figures <> '{}' then
            (figures ->> 'counted')::bigint < (figures ->> 'needed')::bigint
            or figures ->> 'tier' <> to_tier
        when cause in ('fell', 'taken_back') and figures <> '{}' then
            (figures ->> 'counted')::bigint >= (figures ->> 'needed')::bigint
            or figures ->> 'tier' <> from_tier
        else cause in ('reached', 'kept', 'taken_back')
    end as is_wrong
from tier_change
