-- name: limited_campaigns
-- Campaigns of the rules that have a limit or a budget; also by a part of the name. First those of which many use something in
-- common, as only of them the list says how much; then by code.
select code, document
from campaign
where status = 'live' and (document -> 'limits' <> '[]' or document -> 'budget' <> 'null') and (
    starts_with(lower(code), lower(:search)) or strpos(lower(document ->> 'name'), lower(:search)) > 0
)
order by
    (
        document -> 'budget' <> 'null'
        or document @? '$.limits[*] ? (@.subject == "store" || @.subject == "partner" || @.subject == "campaign")'
    ) is not true,
    code
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
