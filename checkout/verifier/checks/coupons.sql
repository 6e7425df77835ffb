-- Coupons and tags: used exactly, issued by somebody, and taken back only with the sale that gave them.

-- name: coupons_are_sums_of_uses
-- How often a coupon was used is the sum of its use rows, which name it by code and id.
select
    format('%s %s', series_code, coupon_id) as key,
    c.used is distinct from coalesce(u.total, 0) as is_wrong
from coupon c
full join (
    select partner_id, digest, coupon_id, sum(uses) as total
    from coupon_use
    group by partner_id, digest, coupon_id
) u using (partner_id, digest, coupon_id)

-- name: coupons_hold_what_is_pending
-- How many uses of a coupon are held is what pending holds claim of it.
select
    format('%s %s', partner_id, encode(digest, 'hex')) as key,
    c.held is distinct from coalesce(h.total, 0) as is_wrong
from coupon c
full join (
    select hold.partner_id, decode(claim.digest, 'hex') as digest, sum(claim.uses) as total
    from hold
    cross join jsonb_to_recordset(hold.claims -> 'coupons') as claim (digest text, uses bigint)
    where hold.state = 'pending'
    group by hold.partner_id, claim.digest
) h using (partner_id, digest)

-- name: coupons_are_not_overused
-- A coupon is used and held no more often than it may be, one that was taken back never, but for what had been sold
-- already.
select
    format('%s %s', series_code, coupon_id) as key,
    used + held - coalesce(o.overrun, 0) > uses_max
    or (taken_back_at is not null and used + held - coalesce(o.overrun, 0) > 0)
    or coalesce(o.overrun, 0) not between 0 and used as is_wrong
from coupon
left join (
    select partner_id, digest, sum(overrun) as overrun from coupon_use group by partner_id, digest
) o using (partner_id, digest)

-- name: coupons_are_used_in_their_time
-- A member's coupon was used by its member only, or by whom it was merged into, and every coupon within
-- its time, by the moment of the price; but for an overrun, of which only a till's clock says when.
select
    format('%s %s', u.receipt_id, c.coupon_id) as key,
    (c.member_id is not null and r.member_id is distinct from c.member_id
        and not exists (
            select from member_merge g
            where g.absorbed_id = c.member_id and g.survivor_id = r.member_id
                and g.merged_at <= r.confirmed_at + interval '1 minute'
                and coalesce(g.unmerged_at, 'infinity') >= r.confirmed_at - interval '1 minute'
        ))
    or u.overrun = 0 and (
        coalesce(r.evaluated_at < c.valid_from, false)
        or coalesce(r.evaluated_at >= c.valid_until, false)
    ) as is_wrong
from coupon_use u
join coupon c using (bucket, partner_id, digest)
join receipt r on r.month = u.month and r.receipt_id = u.receipt_id

-- name: coupon_uses_belong_to_receipts
-- A use belongs to a receipt of the partner; one that was given back to a return of all that used it.
select
    format('%s %s', u.receipt_id, u.coupon_id) as key,
    case
        when u.uses > 0 then r.receipt_id is null
        else b.return_receipt_id is null or coalesce(before.uses, 0) <> -u.uses
    end as is_wrong
from coupon_use u
left join receipt r
    on r.month = u.month and r.receipt_id = u.receipt_id and r.selling_partner_id = u.partner_id
left join return_receipt b
    on b.month = u.month and b.return_receipt_id = u.receipt_id and b.partner_id = u.partner_id
left join coupon_use before
    on before.receipt_id = b.receipt_id and before.partner_id = u.partner_id
    and before.digest = u.digest

-- name: coupon_uses_agree_with_answers
-- A receipt used as many unique coupons as it was answered, codes that differ in capitals being one.
select
    r.receipt_id::text as key,
    answered.coupons is distinct from coalesce(used.coupons, 0) as is_wrong
from receipt r
cross join lateral (
    select count(distinct lower(c.code)) as coupons
    from jsonb_to_recordset(
        -- An answer that has this, as the service writes it, need not be opened.
        case when strpos(convert_from(r.answer, 'UTF8'), '"coupons":[]') = 0
            then convert_from(r.answer, 'UTF8')::jsonb #> '{answer,outcome,coupons}' end
    ) as c (code text, used_up boolean, series text)
    where c.used_up and c.series <> ''
) answered
left join (
    select month, receipt_id, count(*) as coupons from coupon_use where uses > 0 group by month, receipt_id
) used using (month, receipt_id)
where answered.coupons > 0 or used.coupons is not null

-- name: coupons_come_from_an_issue
-- A coupon was issued by an operator's issue of its series, or by a campaign on a receipt of its partner.
select
    format('%s %s', c.series_code, c.coupon_id) as key,
    case
        when c.campaign_code = '' then i.issue_id is null or c.taken_back_at is not null
        else r.receipt_id is null
    end as is_wrong
from coupon c
left join coupon_issue i
    on i.issue_id = c.issued_by and i.partner_id = c.partner_id and i.series_code = c.series_code
left join receipt r
    on c.campaign_code <> '' and r.receipt_id = c.issued_by and r.selling_partner_id = c.partner_id

-- name: issues_have_their_coupons
-- An issue brought as many coupons as it says.
select
    i.issue_id::text as key,
    i.coupons is distinct from coalesce(c.coupons, 0) as is_wrong
from coupon_issue i
left join (
    select issued_by, count(*) as coupons from coupon where campaign_code = '' group by issued_by
) c on c.issued_by = i.issue_id

-- name: coupons_issued_agree_with_answers
-- A receipt issued the coupons that it was answered.
select
    receipt_id::text as key,
    answered.ids is distinct from issued.ids as is_wrong
from (
    select r.receipt_id, array_agg(c.coupon_id order by c.coupon_id) as ids
    from receipt r
    cross join lateral jsonb_to_recordset(
        convert_from(r.answer, 'UTF8')::jsonb #> '{answer,coupons_issued}'
    ) as c (coupon_id uuid)
    -- An answer that has this, as the service writes it, need not be opened.
    where strpos(convert_from(r.answer, 'UTF8'), '"coupons_issued":[]') = 0
    group by r.receipt_id
) answered
full join (
    select issued_by as receipt_id, array_agg(coupon_id order by coupon_id) as ids
    from coupon
    where campaign_code <> ''
    group by issued_by
) issued using (receipt_id)

-- name: coupons_are_taken_back_with_their_sale
-- A coupon that was taken back has a return of the receipt that issued it.
select
    format('%s %s', c.series_code, c.coupon_id) as key,
    not exists (
        select from return_receipt b
        where b.receipt_id = c.issued_by and b.returned_at = c.taken_back_at
    ) as is_wrong
from coupon c
where c.taken_back_at is not null

-- name: blocked_coupons_have_their_authors
-- A coupon is blocked exactly if it was blocked once more than that was lifted.
select
    format('%s %s', partner_id, encode(digest, 'hex')) as key,
    (c.blocked_at is not null)::integer is distinct from coalesce(i.more, 0) as is_wrong
from coupon c
full join (
    select
        partner_id, digest,
        count(*) filter (where kind = 'coupon_blocked')
        - count(*) filter (where kind = 'coupon_unblocked') as more
    from intervention
    where identifier_kind = 'coupon'
    group by partner_id, digest
) i using (partner_id, digest)

-- name: tags_are_sums_of_gifts
-- By how many sales a member has a tag is the sum of what receipts gave and returns took back.
select
    format('%s %s', member_id, tag) as key,
    t.given is distinct from coalesce(g.total, 0) as is_wrong
from member_tag t
full join (
    select bucket, member_id, tag, sum(given) as total from tag_given group by bucket, member_id, tag
) g using (bucket, member_id, tag)

-- name: tags_belong_to_receipts
-- A tag was given by a receipt of its member, or taken back by a return of one that gave it. (It lies
-- with its member, the receipt of somebody who pools points with the household.)
select
    format('%s %s', g.receipt_id, g.tag) as key,
    case
        when g.given > 0 then r.member_id is distinct from g.member_id
        else b.member_id is distinct from g.member_id or before.receipt_id is null
    end as is_wrong
from tag_given g
left join receipt r on r.month = g.month and r.receipt_id = g.receipt_id
left join return_receipt b on b.month = g.month and b.return_receipt_id = g.receipt_id
left join tag_given before
    on before.bucket = g.bucket and before.receipt_id = b.receipt_id and before.tag = g.tag
