-- Corrections: what operators gave and took is booked once, undone once, and seen by four eyes.

-- name: corrections_are_posted
-- What is booked has moved its amount for its member or household by the posting of its id; what is not, nothing.
select
    c.correction_id::text as key,
    (coalesce(p.moved, 0), p.member_id, p.partner_id, p.author) is distinct from case
        when c.state in ('booked', 'undone')
        then (c.amount_minor::numeric, coalesce(c.household_id, c.member_id), c.partner_id, c.author)
        else (0::numeric, null::uuid, null::uuid, null::text)
    end as is_wrong
from correction c
left join (
    select
        p.posting_id, p.member_id, p.partner_id, p.author,
        -sum(e.amount) filter (where e.role = 'adjusted') as moved
    from posting p
    join entry e using (bucket, month, posting_id)
    where p.kind = 'adjustment'
    group by p.posting_id, p.member_id, p.partner_id, p.author
) p on p.posting_id = c.correction_id

-- name: adjustments_have_their_correction
-- Each posting that gives or takes by hand, or takes that back, is that of one correction.
select
    p.posting_id::text as key,
    case p.kind when 'adjustment' then booked.correction_id else undone.correction_id end is null as is_wrong
from posting p
left join correction booked
    on booked.correction_id = p.posting_id and booked.state in ('booked', 'undone') and booked.month = p.month
left join correction undone on undone.undo_id = p.posting_id and undone.state = 'undone'
where p.kind in ('adjustment', 'undo')

-- name: undone_corrections_are_reversed
-- The posting that undoes a correction moves its amount the other way, for the same account.
select
    c.correction_id::text as key,
    (p.member_id, p.moved) is distinct from (coalesce(c.household_id, c.member_id), -c.amount_minor::numeric) as is_wrong
from correction c
left join (
    select p.posting_id, p.member_id, -sum(e.amount) filter (where e.role = 'adjusted') as moved
    from posting p
    join entry e using (bucket, month, posting_id)
    where p.kind = 'undo'
    group by p.posting_id, p.member_id
) p on p.posting_id = c.undo_id
where c.state = 'undone'

-- name: decisions_are_of_another_author
-- Who approved or rejected a correction is not who made it, and said why.
select
    correction_id::text as key,
    lower(trim(decided_by)) = lower(trim(author))
    or decided_by = ''
    or decision_reason = ''
    or decided_at < made_at - interval '1 minute' as is_wrong
from correction
where decided_at is not null or decided_by <> ''

-- name: bulks_have_their_corrections
-- A bulk has the corrections of its lines, of its partner, none of them before it was opened; no
-- correction names a bulk that is not there.
select
    coalesce(b.bulk_id, c.bulk_id)::text as key,
    b.bulk_id is null
    or c.bulk_id is null
    or c.foreign_rows > 0
    or c.rows <> c.lines
    or c.first_at < b.opened_at - interval '1 minute' as is_wrong
from bulk b
full join (
    select
        c.bulk_id, count(*) as rows, count(distinct c.line) as lines, min(c.made_at) as first_at,
        count(*) filter (where c.partner_id is distinct from b.partner_id) as foreign_rows
    from correction c
    left join bulk b using (bulk_id)
    where c.bulk_id is not null
    group by c.bulk_id
) c using (bulk_id)
