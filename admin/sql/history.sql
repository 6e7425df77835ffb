-- name: record_now
-- A row that the history is kept of, by the key that the history has for it.
select admin_record_now(:record, :key)

-- name: history_is_whole
-- Whether entries are what was written: each has the hash of what it says, chained to the one before.
select coalesce(bool_and(h.hash = sha256(h.previous_hash || admin_history_content(h))), true)
from admin_history h
where h.seq = any(:seqs)
