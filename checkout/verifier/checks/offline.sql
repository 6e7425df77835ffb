-- What was sold without the service, or paid before it said so: accepted, counted and flagged.
--
-- Few sales are, and opening an answer is what costs. One that has "flags":[], as the service writes it, has none, and is not
-- opened; one that is written in any other way is.

-- name: overruns_are_flagged
-- What goes beyond a limit, a budget or a coupon was accepted as sold, and its receipt says so.
select
    format('%s %s', r.receipt_id, r.purchase_id) as key,
    (r.mode = 'online' and not r.already_paid and r.flags <> '{}')
    or (coalesce(o.limits, 0), coalesce(o.budgets, 0), coalesce(o.coupons, 0)) is distinct from (
        coalesce((r.flags ->> 'limit_overrun')::bigint, 0),
        coalesce((r.flags ->> 'budget_overrun')::bigint, 0),
        coalesce((r.flags ->> 'coupon_overrun')::bigint, 0)
    ) as is_wrong
from receipt r
left join (
    select month, receipt_id, sum(limits) as limits, sum(budgets) as budgets, sum(coupons) as coupons
    from (
        select month, receipt_id, 1 as limits, 0 as budgets, 0 as coupons from limit_use where overrun > 0
        union all
        select month, receipt_id, 0, 1, 0 from budget_use where overrun_minor > 0 or overrun_uses > 0
        union all
        select month, receipt_id, 0, 0, 1 from coupon_use where overrun > 0
    ) uses
    group by month, receipt_id
) o using (month, receipt_id)

-- name: flags_are_answered
-- The flags of a receipt are those that its stored answer tells.
select
    receipt_id::text as key,
    coalesce(told.flags, '{}') is distinct from receipt.flags as is_wrong
from receipt
cross join lateral (
    select jsonb_object_agg(kind, number) as flags
    from (
        select flag ->> 'kind' as kind, count(*) as number
        from jsonb_array_elements(
            case when strpos(convert_from(answer, 'UTF8'), '"flags":[]') = 0
                then convert_from(answer, 'UTF8')::jsonb #> '{answer,flags}' end
        ) as flag
        group by 1
    ) counted
) told

-- name: points_spent_without_being_there_are_flagged
-- What a sale leaves as debt, or writes off, is what its answer says the member did not have.
select
    coalesce(p.receipt_id, told.receipt_id)::text as key,
    (p.owed, p.written_off) is distinct from (told.owed, told.written_off) as is_wrong
from (
    select
        p.receipt_id,
        coalesce(-sum(e.amount) filter (where e.role = 'debt'), 0) as owed,
        coalesce(-sum(e.amount) filter (where e.role = 'written_off'), 0) as written_off
    from posting p
    join entry e using (bucket, month, posting_id)
    where p.kind = 'sale' and e.role in ('debt', 'written_off')
    group by p.receipt_id
) p
full join (
    select
        receipt_id,
        coalesce(sum(flag.amount) filter (where flag.kind = 'points_owed'), 0) as owed,
        coalesce(sum(flag.amount) filter (where flag.kind = 'points_written_off'), 0)
            as written_off
    from receipt
    cross join lateral jsonb_to_recordset(
        convert_from(answer, 'UTF8')::jsonb #> '{answer,flags}'
    ) as flag (kind text, amount bigint)
    where strpos(convert_from(answer, 'UTF8'), '"flags":[]') = 0
        and flag.kind in ('points_owed', 'points_written_off')
    group by receipt_id
) told using (receipt_id)

-- name: certificates_spent_without_being_there_are_flagged
-- What a sale took of a certificate that was not on it, mostly nothing, is what its answer says is owed, or written off.
select
    coalesce(e.key, told.key) as key,
    (coalesce(e.owed, 0), coalesce(e.written_off, 0))
        is distinct from (coalesce(told.owed, 0), coalesce(told.written_off, 0)) as is_wrong
from (
    select
        format('%s %s', e.receipt_id, encode(c.digest, 'hex')) as key,
        coalesce(sum(e.amount) filter (where e.against = 'owed' and e.amount > 0), 0) as owed,
        coalesce(sum(e.amount) filter (where e.against = 'written_off' and e.amount > 0), 0)
            as written_off
    from certificate_entry e
    join certificate c using (bucket, certificate_id)
    where e.against in ('spent', 'owed', 'written_off')
    group by e.receipt_id, c.digest
) e
full join (
    select
        format('%s %s', receipt_id, split_part(flag.code, '~', 2)) as key,
        coalesce(sum(flag.amount) filter (where flag.kind = 'certificate_owed'), 0) as owed,
        coalesce(sum(flag.amount) filter (where flag.kind = 'certificate_written_off'), 0)
            as written_off
    from receipt
    cross join lateral jsonb_to_recordset(
        convert_from(answer, 'UTF8')::jsonb #> '{answer,flags}'
    ) as flag (kind text, amount bigint, code text)
    where strpos(convert_from(answer, 'UTF8'), '"flags":[]') = 0
        and flag.kind in ('certificate_owed', 'certificate_written_off')
    group by receipt_id, flag.code
) told using (key)

-- name: certificates_uncharged_are_discounts
-- What nobody can be charged for was taken off by the till itself: it moved no certificate, and counts as a discount.
select
    r.receipt_id::text as key,
    sum(flag.amount) > r.external_discount_minor
    or bool_or(exists (
        select from certificate_entry e
        join certificate c using (bucket, certificate_id)
        where e.receipt_id = r.receipt_id and c.digest = decode(split_part(flag.code, '~', 2), 'hex')
    )) as is_wrong
from receipt r
cross join lateral jsonb_to_recordset(
    convert_from(r.answer, 'UTF8')::jsonb #> '{answer,flags}'
) as flag (kind text, amount bigint, code text)
where strpos(convert_from(r.answer, 'UTF8'), '"flags":[]') = 0 and flag.kind = 'certificate_uncharged'
group by r.receipt_id, r.external_discount_minor

-- name: certificates_sold_are_active_or_flagged
-- Each certificate that a sale says it sold was activated by it, or its answer tells that it was not; never both.
select
    format('%s %s', r.receipt_id, sold.digest) as key,
    exists (
        select from certificate_entry e
        join certificate c using (bucket, certificate_id)
        where e.receipt_id = r.receipt_id and e.against = 'sold' and e.amount > 0
            and c.digest = decode(sold.digest, 'hex')
    ) = exists (
        select from jsonb_to_recordset(convert_from(r.answer, 'UTF8')::jsonb #> '{answer,flags}')
            as flag (kind text, code text)
        where flag.kind = 'certificate_not_activated' and split_part(flag.code, '~', 2) = sold.digest
    ) as is_wrong
from receipt r
cross join lateral jsonb_to_recordset(
    convert_from(r.content, 'UTF8')::jsonb #> '{settlement,certificates_sold}'
) as sold (digest text)
where strpos(convert_from(r.content, 'UTF8'), '"certificates_sold":[]') = 0

-- name: certificates_owe_what_entries_say
-- What a certificate owes is what sales took that was not there, less what came back; a sale is undone no further.
select
    c.certificate_id::text as key,
    c.owed is distinct from coalesce(e.owed, 0) or coalesce(e.written_off, 0) < 0 as is_wrong
from certificate c
left join (
    select
        certificate_id,
        sum(amount) filter (where against = 'owed') as owed,
        sum(amount) filter (where against = 'written_off') as written_off
    from certificate_entry
    group by certificate_id
) e using (certificate_id)

-- name: allowances_count_what_tills_gave_away
-- Points and certificates that were accepted as paid are counted against the allowance of their terminal, and nothing
-- else is.
select
    coalesce(r.receipt_id, u.receipt_id)::text as key,
    case
        when r.already_paid then coalesce(u.uses, 0) < r.points_value_minor + r.certificates_minor
        else u.uses is not null
    end as is_wrong
from receipt r
full join (
    select month, receipt_id, sum(uses) as uses
    from limit_use
    where limit_code = 'allowance:terminal' and uses > 0
    group by month, receipt_id
) u using (month, receipt_id)
where r.already_paid or u.receipt_id is not null

-- name: purchases_by_hand_have_their_authors
-- Each purchase that was added by hand was added by somebody, once, to that member.
select
    coalesce(r.receipt_id, i.receipt_id)::text as key,
    (r.selling_partner_id, r.member_id, 1::bigint) is distinct from (i.partner_id, i.member_id, i.times)
        as is_wrong
from (select receipt_id, selling_partner_id, member_id from receipt where mode = 'manual') r
full join (
    select receipt_id, partner_id, member_id, count(*) as times
    from intervention
    where kind = 'purchase_added'
    group by receipt_id, partner_id, member_id
) i using (receipt_id)

-- name: purchases_by_hand_give_nothing_away
-- What an operator adds only earns: no discount, no payment but money, and no gift.
select
    r.receipt_id::text as key,
    r.discount_minor <> 0 or r.points_spent_minor <> 0 or r.points_value_minor <> 0
    or r.certificates_minor <> 0
    or exists (
        select from gift_entry g where g.moved_by = r.receipt_id and g.month = r.month
    ) as is_wrong
from receipt r
where r.mode = 'manual'

-- name: allowances_count_what_was_added_by_hand
-- What was paid for a purchase that was added by hand is counted against an author's allowance.
select
    coalesce(r.receipt_id, u.receipt_id)::text as key,
    (u.uses = r.amount_minor - r.external_discount_minor - r.manual_discount_minor) is not true
        as is_wrong
from (select * from receipt where mode = 'manual') r
full join (
    select month, receipt_id, sum(uses) as uses
    from limit_use
    where limit_code = 'allowance:author' and uses > 0
    group by month, receipt_id
) u using (month, receipt_id)

-- name: reconciliations_agree_as_they_say
-- A shift agrees exactly if both sides have counted the same and nothing was missing on either.
select
    reconciliation_id::text as key,
    agrees is distinct from (till = service and missing = 0) as is_wrong
from reconciliation
