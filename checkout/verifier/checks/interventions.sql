-- What people changed beside the ledger: points they froze, campaigns they stopped, and that each
-- such change has its author.

-- name: lots_freeze_what_is_frozen
-- What of a lot is frozen is what freezes that were not restored name in it.
select lot_id::text as key, l.frozen is distinct from coalesce(f.total, 0) as is_wrong
from lot l
full join (
    select m.bucket, f.member_id, part.key::uuid as lot_id, sum(part.value::bigint) as total
    from point_freeze f
    left join member m using (member_id)
    cross join jsonb_each_text(f.lots) part
    where f.restored_at is null
    group by m.bucket, f.member_id, part.key::uuid
) f using (bucket, member_id, lot_id)

-- name: accounts_freeze_what_lots_freeze
-- What of an account is frozen is what is frozen of its lots.
select
    format('%s %s', member_id, currency) as key,
    a.frozen is distinct from coalesce(l.total, 0) as is_wrong
from account a
full join (
    select bucket, member_id, currency, sum(frozen) as total
    from lot
    group by bucket, member_id, currency
) l using (bucket, member_id, currency)

-- name: freezes_are_what_they_name
-- The points of a freeze are the sum of what it names in lots of its member and currency.
select
    f.freeze_id::text as key,
    f.points_minor is distinct from named.total
    or named.foreign_lots > 0
    or coalesce(f.restored_at < f.frozen_at - interval '1 minute', false) as is_wrong
from point_freeze f
cross join lateral (
    select
        sum(part.value::bigint) as total,
        count(*) filter (where l.currency is distinct from f.currency) as foreign_lots
    from jsonb_each_text(f.lots) part
    left join lot l on l.member_id = f.member_id and l.lot_id = part.key::uuid
) named

-- name: freezes_have_their_authors
-- Each freeze was made by somebody, once, and restored by somebody, once, if it is restored.
select
    f.freeze_id::text as key,
    coalesce(i.frozen, 0) <> 1
    or coalesce(i.restored, 0) <> (f.restored_at is not null)::integer as is_wrong
from point_freeze f
left join (
    select
        freeze_id, member_id, partner_id,
        count(*) filter (where kind = 'points_frozen') as frozen,
        count(*) filter (where kind = 'points_restored') as restored
    from intervention
    where freeze_id is not null
    group by freeze_id, member_id, partner_id
) i using (freeze_id, member_id, partner_id)

-- name: stops_have_their_authors
-- A campaign is on the emergency-stop list exactly if it was stopped once more than released.
select
    format('%s %s', partner_id, campaign_code) as key,
    coalesce(s.is_stopped, false)::integer is distinct from coalesce(i.more, 0) as is_wrong
from campaign_stop s
full join (
    select
        partner_id, campaign_code,
        count(*) filter (where kind = 'campaign_stopped')
        - count(*) filter (where kind = 'campaign_released') as more
    from intervention
    where campaign_code <> ''
    group by partner_id, campaign_code
) i using (partner_id, campaign_code)

-- name: interventions_name_what_exists
-- What somebody changed is there: the member in the same bucket, the card of that member, the freeze. (Phones and ids of a
-- person who was erased are gone, and may be somebody else's.)
select
    i.intervention_id::text as key,
    (i.member_id is not null and m.partner_id is distinct from i.partner_id)
    or (
        i.digest is not null and c.member_id is distinct from i.member_id
        and (m.erased_at is null or i.identifier_kind = 'card')
    )
    or (i.freeze_id is not null and f.member_id is distinct from i.member_id) as is_wrong
from intervention i
left join member m on m.bucket = i.bucket and m.member_id = i.member_id
left join identifier c
    on c.partner_id = i.partner_id and c.kind = i.identifier_kind and c.digest = i.digest
left join point_freeze f on f.freeze_id = i.freeze_id

-- name: frozen_accounts_have_their_authors
-- An account is frozen as a whole exactly if that was done once more than it was lifted.
select
    format('%s %s', member_id, currency) as key,
    (a.frozen_at is not null)::integer is distinct from coalesce(i.more, 0) as is_wrong
from (select member_id, currency, frozen_at from account where frozen_at is not null) a
full join (
    select
        member_id, currency,
        count(*) filter (where kind = 'account_frozen')
        - count(*) filter (where kind = 'account_restored') as more
    from intervention
    where currency <> ''
    group by member_id, currency
) i using (member_id, currency)

-- name: those_who_left_have_their_authors
-- A member is out of a program exactly if the last that somebody did about it was to let him leave, or if
-- the person was erased. (Two calls may read their clocks before they wait for each other: hence the minute.)
select
    format('%s %s', coalesce(p.member_id, i.member_id), coalesce(p.program_code, i.program_code))
        as key,
    case
        when p.member_id is null then true
        when m.erased_at is not null then p.left_at is null
        when p.left_at is not null then not coalesce(i.may_have_left, false)
        else not coalesce(i.may_have_joined, true)
    end as is_wrong
from (
    select
        member_id, program_code,
        bool_or(kind = 'program_left') as may_have_left, bool_or(kind = 'program_joined') as may_have_joined
    from (
        select
            member_id, program_code, kind, at,
            max(at) over (partition by member_id, program_code) as last_at
        from intervention
        where program_code <> ''
    ) told
    where at >= last_at - interval '1 minute'
    group by member_id, program_code
) i
full join participation p using (member_id, program_code)
left join member m on m.bucket = p.bucket and m.member_id = p.member_id

-- name: those_who_left_have_no_sales
-- Of a program that a member has left there are no later sales of the member, but for those that a
-- hold had promised; what was sold or paid before counts as of then. (Two transactions read
-- their clocks before they wait: hence the minute.)
select
    format('%s %s', p.member_id, p.program_code) as key,
    coalesce(r.last_at > p.left_at + interval '1 minute', false) as is_wrong
from participation p
left join (
    select
        r.member_id, r.program_code,
        max(
            case when r.mode = 'online' and not r.already_paid then r.confirmed_at else r.evaluated_at end
        ) as last_at
    from receipt r  -- in the bucket of the member, or of a household
    where r.member_id in (select member_id from participation where left_at is not null)
        and not exists (
            select from hold h
            where h.partner_id = r.selling_partner_id and h.purchase_id = r.purchase_id
                and h.state = 'posted'
        )
    group by r.member_id, r.program_code
) r using (member_id, program_code)
where p.left_at is not null
