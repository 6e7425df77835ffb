-- name: events_put_aside
-- Events that the webhook took at no attempt, the latest first.
select job_id, event_id, kind, at, put_aside_at, fault
from admin_event_put_aside
where cast(:before as timestamptz) is null
    or (put_aside_at, event_id) < (cast(:before as timestamptz), cast(:before_id as uuid))
order by put_aside_at desc, event_id desc
limit :rows_max

-- name: retry_events
-- How many of these the queue has again: those of the partner that were put aside.
select admin_retry_events(cast(:jobs as bigint[]))
