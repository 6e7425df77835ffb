-- name: sales_by_day
-- Receipts that were confirmed, by business day, with and without a member; amounts are what was paid in money. (By the day alone an
-- index of shifts would be used, in the order of stores.)
select
    business_day as day,
    count(*) filter (where member_id is not null) as member_receipts,
    count(*) filter (where member_id is null) as guest_receipts,
    coalesce(sum(payable_minor) filter (where member_id is not null), 0)::bigint as member_minor,
    coalesce(sum(payable_minor) filter (where member_id is null), 0)::bigint as guest_minor,
    coalesce(sum(external_discount_minor + manual_discount_minor + discount_minor), 0)::bigint as discount_minor
from admin_receipt
where confirmed_at >= now() - make_interval(days => :days + 2)
    and month >= date_trunc('month', now() - make_interval(days => :days + 2))::date
    and business_day + 0 > current_date - :days
group by business_day
order by business_day

-- name: points_by_day
-- What came into and went out of members' accounts, by day in UTC and currency. (Of one role alone there is an index, in the order of
-- members: over so many of them it reads each page of the table many times.)
select
    (at at time zone 'UTC')::date as day, currency,
    coalesce(sum(amount) filter (where amount > 0), 0)::bigint as in_minor,
    coalesce(-sum(amount) filter (where amount < 0), 0)::bigint as out_minor
from admin_leg
where role in ('member', '') and at >= date_trunc('day', now()) - make_interval(days => :days - 1)
    and month >= date_trunc('month', now() - make_interval(days => :days))::date
group by 1, 2
order by 1, 2

-- name: live_campaigns
-- Live campaigns that have a budget, with what is left of it; those of which least is left first.
select
    c.code, c.document ->> 'name' as name, c.document ->> 'description' as description,
    (c.document -> 'budget' ->> 'discount_minor')::bigint as discount_max,
    (c.document -> 'budget' ->> 'uses')::bigint as uses_max,
    coalesce(b.discount_used + b.discount_held, 0) as discount_taken,
    coalesce(b.uses_used + b.uses_held, 0) as uses_taken,
    coalesce(s.is_stopped, false) as is_stopped
from campaign c
left join admin_budget b on b.campaign_code = c.code
left join admin_stop s on s.campaign_code = c.code
where c.status = 'live' and jsonb_typeof(c.document -> 'budget') = 'object'
order by
    least(
        1 - coalesce(b.discount_used + b.discount_held, 0)::numeric
            / nullif((c.document -> 'budget' ->> 'discount_minor')::bigint, 0),
        1 - coalesce(b.uses_used + b.uses_held, 0)::numeric / nullif((c.document -> 'budget' ->> 'uses')::bigint, 0)
    ),
    c.code
limit :rows_max

-- name: campaign_count
select count(*) as live from campaign where status = 'live'

-- name: rules_in_force
-- The latest publication.
select snapshot_id, published_at, author, note from publication order by seq desc limit 1

-- name: strange_sales
-- Sales that were accepted as sold though something did not fit, in the last days.
select count(*) as receipts
from admin_receipt
where is_as_sold
    and confirmed_at >= now() - make_interval(days => :days)
    and month >= date_trunc('month', now() - make_interval(days => :days))::date
    and flags <> '{}'

-- name: qr_sales
-- Sales to members who showed a QR code, in the last days: none of them needed a message with a code to a phone.
-- (Each is looked up by its key; the offset keeps all purchases from being read for it.)
select count(distinct c.purchase_id) as receipts
from admin_qr_claim c
where c.claimed_at >= now() - make_interval(days => :days)
    and exists (
        select
        from admin_purchase p
        where p.bucket = c.purchase_bucket and p.purchase_id = c.purchase_id and p.state = 'confirmed'
        offset 0
    )

-- name: waiting
-- What waits for somebody.
select
    (select count(*) from admin_correction where state = 'proposed') as corrections,
    (select count(*) from admin_job where state in ('waiting', 'running')) as jobs,
    (select count(*) from admin_job where state = 'failed' and ended_at >= now() - make_interval(days => :days)) as failed_jobs,
    (select count(*) from admin_event_put_aside) as put_aside

-- name: verified
-- The verifier's last whole run, over all partners; no moment: it has not run.
select
    max(verified_at) as verified_at, count(*) as checks, count(*) filter (where violations > 0) as violated,
    count(*) filter (where rows_checked = 0) as unexercised, coalesce(sum(rows_checked), 0)::bigint as rows_checked
from verified_check

-- name: verified_checks
-- Each check of that run; those that found something first.
select name, sentence, rows_checked, violations, elapsed_ms
from verified_check
order by (violations > 0) desc, place

-- name: refusal_count
-- Calls that the service refused in this hour and the 23 before it; and those it failed with, whoever called.
select
    coalesce(sum(calls), 0)::bigint as refused,
    coalesce(sum(calls) filter (where reason = any(:failures)), 0)::bigint as failed
from worker_refusal
where hour >= date_trunc('hour', now()) - interval '23 hours'

-- name: refusals
-- The same by reason and call: failures first, then the most frequent.
select reason, method, sum(calls)::bigint as calls, max(hour) as last_hour, reason = any(:failures) as is_failure
from worker_refusal
where hour >= date_trunc('hour', now()) - interval '23 hours'
group by reason, method
order by 5 desc, 3 desc, reason, method
limit :rows_max

-- name: workers
-- Workers that were heard of just now, with the rules that each answers with.
select
    host, process_id, snapshot_id, in_force_at,
    snapshot_id = (select snapshot_id from publication order by seq desc limit 1) as is_current
from worker_snapshot
where seen_at > clock_timestamp() - interval '15 seconds'
order by host, process_id, worker_id
