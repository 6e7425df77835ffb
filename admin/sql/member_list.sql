-- name: members_facts
-- What lists and files of members tell beside their own columns: each for whoever may know it and asks for it. The purse is the
-- member's own, or its household's; sales give tags, too.
select
    w.member_id,
    case when :contacts then jsonb_build_array(p.first_name, p.patronymic, p.last_name) end as called,
    case when :contacts then p.phone end as phone,
    case when :contacts then p.email end as email,
    case when :contacts then p.birth_date end as birth_date,
    case when :tags then array(
        select jsonb_array_elements_text(coalesce(p.traits -> 'tags', '[]'))
        union
        select tag from admin_member_tag t where t.bucket = w.bucket and t.member_id = w.member_id
        order by 1
    ) end as tags,
    case when :tiers then array(
        select array[t.program_code, t.tier_code]
        from participation t
        where t.bucket = w.bucket and t.member_id = w.member_id and t.left_at is null and t.tier_code <> ''
        order by t.program_code
    ) end as tiers,
    case when :balances then (
        select jsonb_object_agg(a.currency, a.balance)
        from account a
        where a.bucket = w.purse_bucket and a.member_id = w.purse_id
    ) end as balances,
    case when :spend_year then (
        select coalesce(sum(v.spend_minor), 0)::bigint
        from admin_visit v
        where v.bucket = w.bucket and v.member_id = w.member_id and v.day > current_date - 365
    ) end as spend_year
from unnest(
    cast(:buckets as smallint[]), cast(:members as uuid[]), cast(:purse_buckets as smallint[]), cast(:purses as uuid[])
) as w (bucket, member_id, purse_bucket, purse_id)
left join member_profile p on p.bucket = w.bucket and p.member_id = w.member_id
