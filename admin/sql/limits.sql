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
-- several names of a member together, calendar periods by the day of the store, windows by slots of which a part lies in them, of intervals the last use.
select campaign_code, limit_code, subject_id, sku, used, first_slot, last_slot, places
from (
    select
        campaign_code, limit_code, subject_id, sku, cast(sum(used) as bigint) as used, min(slot_start) as first_slot,
        max(slot_start) as last_slot,
        row_number() over (
            partition by campaign_code, limit_code order by sum(used) desc, subject_id, sku
        ) as place,
        count(*) over (partition by campaign_code, limit_code) as places
    from (
        select
            s.campaign_code, s.limit_code, s.sku,
            case when s.subject_id = any(cast(:names as uuid[])) then cast(:name as uuid) else s.subject_id end as subject_id,
            s.slot_start, s.used + s.held as used
        from admin_limit_slot s
        join unnest(
            cast(:campaigns as text[]), cast(:limits as text[]), cast(:periods as text[]), cast(:hours as integer[]),
            cast(:zones as text[]), cast(:sinces as timestamp[])
        ) as w (campaign_code, limit_code, period, hours, zone, since)
            on w.campaign_code = s.campaign_code and w.limit_code = s.limit_code
        where s.shared = :is_shared and s.bucket = any(:buckets) and s.owner_id = any(cast(:owners as uuid[]))
            and s.campaign_code = any(cast(:campaigns as text[])) and s.limit_code = any(cast(:limits as text[]))
            -- Of any limit, which the index knows; then of each.
            and (s.slot_start >= cast(:since as timestamp) or s.slot_start = timestamp '1970-01-01')
            and (s.slot_start >= w.since or s.slot_start = timestamp '1970-01-01')
            and s.used + s.held > 0
            and case w.period
                when 'interval' then true
                when 'lifetime' then s.slot_start = timestamp '1970-01-01'
                when 'rolling' then
                    s.slot_start + case when w.hours <= :by_hour_max then interval '1 hour' else interval '1 day' end
                    > cast(:now as timestamp) - w.hours * interval '1 hour'
                else s.slot_start = date_trunc(
                    w.period,
                    cast(:now as timestamp) at time zone 'UTC'
                    at time zone coalesce(cast(:owner_zones as jsonb) ->> cast(s.owner_id as text), w.zone)
                )
            end
    ) as counted
    group by campaign_code, limit_code, subject_id, sku
) as ranked
where place <= :places_max
order by campaign_code, limit_code, place

-- name: stores_of_partner
select store_id, code, name, time_zone from store

-- name: names_of_member
-- Whoever was merged into a member: what they used counts for it.
select member_id from member where merged_into = :member_id
