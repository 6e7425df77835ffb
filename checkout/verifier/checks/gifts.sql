-- Gifts: the stock is what was put in, less what was given, and what came back; nothing is given twice.

-- name: gift_stocks_are_sums_of_entries
-- How many of a gift there are is the sum of what moved its stock.
select
    format('%s %s', partner_id, gift_code) as key,
    s.stock is distinct from coalesce(e.total, 0) as is_wrong
from gift_stock s
full join (
    select bucket, partner_id, gift_code, sum(count) as total
    from gift_entry
    where is_counted
    group by bucket, partner_id, gift_code
) e using (bucket, partner_id, gift_code)

-- name: gift_stocks_hold_what_is_pending
-- How many of a gift are held is what pending holds claim of it.
select
    format('%s %s', partner_id, gift_code) as key,
    s.held is distinct from coalesce(h.total, 0) as is_wrong
from gift_stock s
full join (
    select hold.partner_id, claim.gift as gift_code, sum(claim.count) as total
    from hold
    cross join jsonb_to_recordset(hold.claims -> 'gifts') as claim (gift text, count bigint, is_counted boolean)
    where hold.state = 'pending' and claim.is_counted
    group by hold.partner_id, claim.gift
) h using (partner_id, gift_code)

-- name: gift_stocks_are_not_overdrawn
-- No more of a gift are held than there are, and there are never fewer than none.
select format('%s %s', partner_id, gift_code) as key, stock < 0 or held < 0 or held > stock as is_wrong
from gift_stock

-- name: receipts_give_the_gifts_that_they_say
-- A receipt gave the gifts that it was answered, each as often, by the campaign that is named.
select
    format('%s %s %s', receipt_id, gift_code, campaign_code) as key,
    given.count is distinct from answered.count as is_wrong
from (
    select r.receipt_id, i.code as gift_code, i.campaign as campaign_code, sum(i.count) as count
    from receipt r
    cross join lateral jsonb_to_recordset(
        convert_from(r.answer, 'UTF8')::jsonb #> '{answer,outcome,issued}'
    ) as i (campaign text, kind text, code text, count bigint)
    -- An answer that has this, as the service writes it, need not be opened.
    where strpos(convert_from(r.answer, 'UTF8'), '"issued":[]') = 0
        and i.kind = 'give_gift'
    group by r.receipt_id, i.code, i.campaign
) answered
full join (
    select moved_by as receipt_id, gift_code, campaign_code, -count as count
    from gift_entry
    where kind = 'given' and campaign_code <> ''
) given using (receipt_id, gift_code, campaign_code)

-- name: gifts_of_receipts_come_back_once
-- Of a gift that a campaign gave no more come back than were given, with returns of its receipt.
select
    format('%s %s', e.moved_by, e.gift_code) as key,
    e.count <= 0
    or g.count is null
    or g.is_counted <> e.is_counted
    or sum(e.count) over (partition by b.receipt_id, e.gift_code, e.campaign_code) > -g.count as is_wrong
from gift_entry e
left join return_receipt b
    on b.month = e.month and b.return_receipt_id = e.moved_by and b.partner_id = e.partner_id
left join gift_entry g
    on g.moved_by = b.receipt_id and g.partner_id = e.partner_id and g.gift_code = e.gift_code
    and g.campaign_code = e.campaign_code
where e.kind = 'taken_back' and e.campaign_code <> ''

-- name: returns_take_the_gifts_that_they_say
-- A return took back the gifts that it was answered, each as often.
select
    format('%s %s', return_receipt_id, gift_code) as key,
    taken.count is distinct from answered.count as is_wrong
from (
    select r.return_receipt_id, i.gift as gift_code, sum(i.count) as count
    from return_receipt r
    cross join lateral jsonb_to_recordset(
        convert_from(r.answer, 'UTF8')::jsonb #> '{answer,gifts_back}'
    ) as i (gift text, count bigint)
    group by r.return_receipt_id, i.gift
) answered
full join (
    select moved_by as return_receipt_id, gift_code, sum(count) as count
    from gift_entry
    where kind = 'taken_back' and campaign_code <> ''
    group by moved_by, gift_code
) taken using (return_receipt_id, gift_code)

-- name: gifts_of_operators_have_their_entries
-- What an operator gave left the stock, once, and came back exactly if it was taken back.
select
    coalesce(g.gift_given_id::text, format('%s %s %s', gift_code, member_id, at)) as key,
    coalesce(g.count, 0) <> coalesce(e.count, 0) as is_wrong
from (
    select
        min(gift_given_id::text) as gift_given_id, partner_id, gift_code, member_id, at, kind, is_counted,
        sum(count) as count
    from (
        select gift_given_id, partner_id, gift_code, member_id, given_at as at, 'given' as kind, is_counted, -count as count
        from gift_given
        union all
        select gift_given_id, partner_id, gift_code, member_id, taken_back_at, 'taken_back', is_counted, count
        from gift_given
        where taken_back_at is not null
    ) moves
    group by partner_id, gift_code, member_id, at, kind, is_counted
) g
full join (
    select partner_id, gift_code, member_id, at, kind, is_counted, sum(count) as count
    from gift_entry
    where kind <> 'stocked' and campaign_code = ''
    group by partner_id, gift_code, member_id, at, kind, is_counted
) e using (partner_id, gift_code, member_id, at, kind, is_counted)

-- name: gifts_cost_what_was_posted
-- The points that a gift cost were taken from its member or household when it was given, and came back when it was taken back.
select
    format('%s %s', purse_id, at) as key,
    coalesce(g.points, 0) <> coalesce(p.points, 0) as is_wrong
from (
    select partner_id, purse_id, currency, at, kind, sum(points) as points
    from (
        select
            partner_id, coalesce(household_id, member_id) as purse_id, currency, given_at as at, 'gift' as kind,
            points_minor as points
        from gift_given
        union all
        select
            partner_id, coalesce(household_id, member_id), currency, taken_back_at, 'gift_back', -points_minor
        from gift_given
        where taken_back_at is not null
    ) moves
    where points <> 0
    group by partner_id, purse_id, currency, at, kind
) g
full join (
    select p.partner_id, p.member_id as purse_id, e.currency, p.at, p.kind, sum(e.amount) as points
    from posting p
    join entry e using (bucket, month, posting_id)
    where p.kind in ('gift', 'gift_back') and e.role = 'redeemed'
    group by p.partner_id, p.member_id, e.currency, p.at, p.kind
) p using (partner_id, purse_id, currency, at, kind)
