-- name: dictionary
-- What rules may name of members, their cards and coupons, of the partner's own.
select field, code, kind, name, archived_at
from (
    select 'member_lists' as field, code, '' as kind, name, archived_at from member_list
    union all select 'tags', code, '', name, archived_at from tag
    union all select 'attributes', code, kind, name, archived_at from member_attribute
    union all select 'segments', code, '', name, archived_at from segment
    union all select 'coupon_series', code, '', name, archived_at from coupon_series
    union all select 'card_types', code, '', name, null from card_type
) entry
where :archived or archived_at is null
order by field, code
