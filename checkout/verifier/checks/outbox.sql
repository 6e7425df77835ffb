-- The outbox: what others are told happened, and nothing else did.

-- name: effects_have_their_event
-- Each sale, return, correction, activation, expiry, gift, change of tier and intervention has its
-- event, once, of the same partner and member; months of which the outbox has forgotten are left out.
select
    format('%s %s', effect.kind, effect.subject_id) as key,
    o.events is distinct from 1
    or o.partner_id is distinct from effect.partner_id
    or o.member_id is distinct from effect.member_id as is_wrong
from (
    select bucket, month, 'sale_confirmed' as kind, receipt_id as subject_id,
        selling_partner_id as partner_id, member_id
    from receipt
    union all
    select bucket, month, 'sale_returned', return_receipt_id, partner_id, member_id
    from return_receipt
    union all
    select
        bucket, month,
        case kind
            when 'adjustment' then 'points_adjusted'
            when 'activation' then 'points_activated'
            when 'expiry' then 'points_expired'
            else 'points_moved'
        end,
        posting_id, partner_id, member_id
    from posting
    where kind not in ('sale', 'return', 'debt', 'opening', 'gift', 'gift_back')
    union all
    select bucket, date_trunc('month', at at time zone 'UTC')::date, kind, intervention_id,
        partner_id, member_id
    from intervention
    union all
    select bucket, month, 'returned_without_receipt', return_receipt_id, partner_id, member_id
    from return_without_receipt
    union all
    select bucket, month, 'gift_given', gift_given_id, partner_id, member_id from gift_given
    union all
    select bucket, date_trunc('month', taken_back_at at time zone 'UTC')::date, 'gift_taken_back',
        gift_given_id, partner_id, member_id
    from gift_given
    where taken_back_at is not null
    union all
    select bucket, date_trunc('month', at at time zone 'UTC')::date, 'tier_changed', change_id,
        partner_id, member_id
    from tier_change where from_tier <> to_tier
) effect
left join (
    select bucket, month, kind, subject_id, count(*) as events,
        min(partner_id::text)::uuid as partner_id, min(member_id::text)::uuid as member_id
    from outbox
    group by bucket, month, kind, subject_id
) o using (bucket, month, kind, subject_id)
where not exists (select from outbox_forgotten f where f.month = effect.month)

-- name: cancelled_purchases_have_their_event
-- Each cancelled purchase has its event, once; as many have none as the outbox has forgotten.
select
    format('%s %s', partner_id, purchase_id) as key,
    case
        when events is null then without_event > forgotten
        else events <> 1
    end as is_wrong
from (
    select
        k.partner_id, k.purchase_id, o.events,
        count(*) filter (where o.events is null)
            over (order by k.partner_id, k.purchase_id) as without_event,
        (select coalesce(sum(cancelled), 0) from outbox_forgotten) as forgotten
    from purchase_key k
    left join (
        select bucket, partner_id, body ->> 'purchase_id' as purchase_id, count(*) as events
        from outbox where kind = 'sale_cancelled'
        group by bucket, partner_id, body ->> 'purchase_id'
    ) o using (bucket, partner_id, purchase_id)
    where k.state = 'cancelled'
) cancelled

-- name: enrolled_members_have_their_event
-- Each member who was enrolled by a call has an event of it, once.
select
    enrolled.member_id as key,
    coalesce(o.events, 0) <> 1 as is_wrong
from (
    select
        partner_id, convert_from(answer, 'UTF8')::jsonb #>> '{answer,member,member_id}' as member_id
    from request_key
    where method = 'EnrolMember'
        and convert_from(answer, 'UTF8')::jsonb ->> 'kind' = 'EnrolAnswer'
) enrolled
left join (
    select partner_id, subject_id::text as member_id, count(*) as events
    from outbox where kind = 'member_enrolled'
    group by partner_id, subject_id::text
) o using (partner_id, member_id)

-- name: events_have_their_effect
-- Each event tells of something that is there.
select
    format('%s %s', o.kind, o.event_id) as key,
    not case
        when o.kind = 'sale_confirmed' then exists (
            select from receipt r
            where r.bucket = o.bucket and r.month = o.month and r.receipt_id = o.subject_id)
        when o.kind = 'sale_returned' then exists (
            select from return_receipt r
            where r.bucket = o.bucket and r.month = o.month and r.return_receipt_id = o.subject_id)
        when o.kind = 'sale_cancelled' then exists (
            select from purchase_key k
            where k.bucket = o.bucket and k.partner_id = o.partner_id
                and k.purchase_id = o.body ->> 'purchase_id' and k.state = 'cancelled')
        when o.kind like 'points\_%' and o.kind not in ('points_frozen', 'points_restored') then exists (
            select from posting p
            where p.bucket = o.bucket and p.month = o.month and p.posting_id = o.subject_id)
        when o.kind = 'returned_without_receipt' then exists (
            select from return_without_receipt n
            where n.bucket = o.bucket and n.month = o.month and n.return_receipt_id = o.subject_id)
        when o.kind in ('gift_given', 'gift_taken_back') then exists (
            select from gift_given g
            where g.bucket = o.bucket and g.gift_given_id = o.subject_id
                and (o.kind = 'gift_given' or g.taken_back_at is not null))
        when o.kind = 'tier_changed' then exists (
            select from tier_change c
            where c.bucket = o.bucket and c.member_id = o.member_id and c.change_id = o.subject_id)
        when o.kind = 'member_enrolled' then exists (
            select from member m where m.bucket = o.bucket and m.member_id = o.subject_id)
        else exists (
            select from intervention i
            where i.bucket = o.bucket and i.intervention_id = o.subject_id and i.kind = o.kind)
    end as is_wrong
from outbox o
