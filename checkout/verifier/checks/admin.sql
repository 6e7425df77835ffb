-- The history of records that were changed through the admin: a chain of hashes.

-- name: admin_history_is_a_chain
-- Every entry follows the one before it, without a gap, holds what was written into it, and knows since when the clock
-- was not set back. (What its hash covers stands here, too: whoever changes the function that writes it changes no
-- judge.)
select
    seq::text as key,
    seq <> row_number() over (order by seq)
        or previous_hash <> lag(hash, 1, decode(repeat('00', 32), 'hex')) over (order by seq)
        or hash <> sha256(previous_hash || convert_to(
            jsonb_build_array(
                seq, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), partner_id, author_id, author,
                record, record_key, action, before, after, reason
            )::text,
            'UTF8'
        ))
        or clock_from <> case
            when at < lag(at) over (order by seq) then seq
            else lag(clock_from, 1, seq) over (order by seq)
        end as is_wrong
from admin_history

-- name: admin_history_is_whole
-- The chain ends where its head says: nothing was cut off.
select
    'head' as key,
    (head.seq, head.hash) is distinct from (last.seq, last.hash) as is_wrong
from admin_history_head head
left join (select seq, hash from admin_history order by seq desc limit 1) last on true
where head.seq > 0 or last.seq is not null
