-- name: limited_campaigns
-- Campaigns of the rules that have a limit or a budget of those that are asked for; also by a part of the name. Unless another order is
-- asked for, first those of which many use something in common, as only of them the list says how much; then by code.
select c.code, c.document
from campaign c
left join admin_budget b on b.campaign_code = c.code
where c.status = 'live'
    and (starts_with(lower(c.code), lower(:search)) or strpos(lower(c.document ->> 'name'), lower(:search)) > 0)
    and (:program = '' or c.document ->> 'program' = :program)
    and (
        cast(:of_budgets as boolean) and jsonb_typeof(c.document -> 'budget') = 'object'
        or exists (
            select
            from jsonb_path_query(c.document, '$.limits[*]') one
            where (:subject = '' or coalesce(one ->> 'subject', 'member') = :subject)
                and (:period = '' or one ->> 'period' = :period)
                and (not cast(:of_shared as boolean) or one ->> 'subject' in ('store', 'partner', 'campaign'))
        )
    )
order by
    case when :sort = 'budget' then greatest(
        cast(b.discount_used + b.discount_held as numeric) / nullif(cast(c.document #>> '{budget,discount_minor}' as bigint), 0),
        cast(b.uses_used + b.uses_held as numeric) / nullif(cast(c.document #>> '{budget,uses}' as bigint), 0)
    ) end desc nulls last,
    case when :sort = 'name' then lower(c.document ->> 'name') end,
    case when :sort = 'latest' then c.updated_at end desc,
    :sort = '' and (
        c.document -> 'budget' <> 'null'
        or c.document @? '$.limits[*] ? (@.subject == "store" || @.subject == "partner" || @.subject == "campaign")'
    ) is not true,
    c.code
limit :rows_max offset :behind

-- name: zones_of_programs
-- Where most stores of each program are: their days are those of limits that many stores share.
select program_code, mode() within group (order by time_zone) as zone
from store
group by program_code

-- name: limits_drawn_on
-- Limits of which some have used something: theirs alone.
select distinct campaign_code, limit_code
from admin_limit_slot
where not shared and bucket = any(:buckets) and owner_id = any(:owners) and used + held > 0
order by campaign_code, limit_code
limit :rows_max

-- name: limit_uses
-- What counts now of limits, by whom and what it counts for, the fullest first: at most so many of each limit. As sales count:
-- several names of a member together.
select campaign_code, limit_code, subject_id, sku, used, first_slot, last_slot, places
from (
    select
        campaign_code, limit_code, subject_id, sku, cast(sum(used) as bigint) as used, min(first_slot) as first_slot,
        max(last_slot) as last_slot,
        row_number() over (
            partition by campaign_code, limit_code order by sum(used) desc, subject_id, sku
        ) as place,
        count(*) over (partition by campaign_code, limit_code) as places
    from (
        select
            campaign_code, limit_code, sku, used, first_slot, last_slot,
            case when subject_id = any(cast(:names as uuid[])) then cast(:name as uuid) else subject_id end as subject_id
        from admin_used_of_limits(
            cast(:owners as uuid[]), cast(:owner_zones as text[]), cast(:campaigns as text[]), cast(:limits as text[]),
            cast(:zones as text[]), cast(:firsts as timestamp[]), cast(:lasts as timestamp[])
        )
    ) as counted
    group by campaign_code, limit_code, subject_id, sku
) as ranked
where place <= :places_max
order by campaign_code, limit_code, place

-- name: stores_of_partner
select store_id, code, name, time_zone from store order by code

-- name: names_of_member
-- Whoever was merged into a member: what they used counts for it.
select member_id from member where merged_into = :member_id
