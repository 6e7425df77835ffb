-- name: record_now
-- A row that the history is kept of, by the key that the history has for it, with what operators set of it.
select case when held is not null or operated is not null then coalesce(held, '{}') || coalesce(operated, '{}') end
from (select admin_record_now(:record, :key) as held, operated_now(:record, :key) as operated) one

-- name: told_now
-- A record as the history tells of it: what was said last of each column.
select jsonb_object_agg(name, held)
from (
    select distinct on (each.key) each.key as name, each.value as held
    from admin_history h
    cross join jsonb_each(h.after) each
    where h.record = :record and h.record_key = :key and h.action = 'changed'
    order by each.key, h.seq desc
) last

-- name: profile_now
-- A profile as entries of the history have it, for whoever sees contacts.
select to_jsonb(p)
from member_profile p
where p.bucket = crc32(uuid_send(:member_id)) % 64 and p.member_id = :member_id

-- name: reasons_of
-- Why records are blocked, as far as people said so: the last change of that, if it blocked them.
select record_key, at, author, reason
from (
    select distinct on (record_key) record_key, at, author, reason, after -> 'is_blocked' as made
    from admin_history
    where record = :record and record_key = any(:keys) and after ? 'is_blocked'
    order by record_key, seq desc
) last
where made = 'true'

-- name: history_is_whole
-- Whether entries are what was written: each has the hash of what it says, chained to the one before.
select coalesce(bool_and(h.hash = sha256(h.previous_hash || admin_history_content(h))), true)
from admin_history h
where h.seq = any(:seqs)

-- name: stopped_campaigns
-- Campaigns that are stopped in an emergency, the latest above, by whom and why as far as that was said.
select
    s.campaign_code as code, coalesce(c.document, c.draft) ->> 'name' as name, s.changed_at as at, why.author, why.reason
from admin_stop s
left join campaign c on c.code = s.campaign_code
left join lateral (
    select author, reason
    from admin_history h
    where h.record = 'campaign' and h.record_key = s.campaign_code and h.after ? 'is_stopped'
    order by h.seq desc
    limit 1
) why on true
where s.is_stopped
order by s.changed_at desc, s.campaign_code
limit :rows_max
