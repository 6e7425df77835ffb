-- Entries $2 and on, up to $3, of the history of the partner $1, the last of them now and one a minute before it: mostly of members and
-- cards, as the desk has them; some of a person, a kind and a word that hardly ever stand there. They are no chain of hashes: what reads
-- them takes as long. $4 is how many there are in all.
with head as (
    select
        seq, case when now() - make_interval(mins => $4::integer - $2::integer) < at then seq + 1 else clock_from end as clock_from
    from admin_history_head
),
people as (
    select array_agg(member_id) as ids
    from (select member_id from member where partner_id = $1 order by bucket, member_id limit 5000) first
),
told as (
    select
        number, ids[1 + number % array_length(ids, 1)]::text as member,
        case
            when number % 50000 = 0 then 'chain'
            when number % 500 = 0 then 'campaign'
            when number % 10 < 5 then 'member'
            when number % 10 < 8 then 'identifier'
            else 'product'
        end as record
    from generate_series($2::integer, $3::integer) number, people
),
written as (
    insert into admin_history (
        seq, at, partner_id, author, record, record_key, action, before, after, reason, previous_hash, hash,
        clock_from
    )
    select
        seq + number - $2 + 1, now() - make_interval(mins => $4::integer - number), $1,
        case when number % 50000 = 1 then 'seldom' else 'clerk-' || number % 30 end, record,
        case record
            when 'member' then member
            when 'chain' then 'journey'
            when 'campaign' then 'c' || number % 40
            else md5(record || number)::uuid::text
        end,
        case when number % 50000 = 2 then 'removed' when number % 7 = 0 then 'created' else 'changed' end,
        case when record = 'product' then jsonb_build_object('name', 'Name ' || number, 'brand', 'Brand ' || number % 900)
            else '{"is_blocked": false}' end,
        case when record = 'product' then jsonb_build_object('name', 'New name ' || number, 'brand', 'Brand ' || number % 900)
            when record = 'identifier' then jsonb_build_object('is_blocked', true, 'member_id', member)
            else '{"is_blocked": true}' end,
        case when number % 50000 = 3 then 'seldom heard' when number % 3 = 0 then '' else 'asked for by the member' end,
        sha256(''), sha256(member::bytea), clock_from
    from told, head
)
update admin_history_head h
set seq = h.seq + $3 - $2 + 1, at = now() - make_interval(mins => $4::integer - $3::integer), clock_from = head.clock_from
from head
