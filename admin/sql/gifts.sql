-- name: gift_stocks
-- What there is of counted gifts: those that nobody stocked have no row.
select gift_code, stock, held, changed_at from admin_gift_stock order by gift_code

-- name: gift_entries
-- Movements of one gift, the latest first.
select moved_by, campaign_code, kind, count, is_counted, member_id, at, author, reason
from admin_gift_entry
where bucket = :bucket and gift_code = :gift
    and (
        cast(:before as timestamptz) is null
        or month <= cast(date_trunc('month', cast(:before as timestamptz) at time zone 'UTC') as date)
        and (at, moved_by) < (cast(:before as timestamptz), cast(:before_id as uuid))
    )
order by at desc, moved_by desc
limit :rows_max
