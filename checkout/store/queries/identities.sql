-- name: read_identities
-- What operators name of merges and persons: under their keys. Only batches with such calls ask.
select
    (
        select array_agg(row(
            g.bucket, g.merge_id, g.partner_id, g.absorbed_id, g.survivor_id, g.merged_at, g.unmerged_at, g.debts::text
        ))
        from unnest($1::smallint[], $2::uuid[]) as w (bucket, merge_id)
        join member_merge g on g.bucket = w.bucket and g.merge_id = w.merge_id
    ) as merges,
    (
        select array_agg(row(p.person_id))
        from unnest($3::smallint[], $4::uuid[]) as w (bucket, person_id)
        join person p on p.bucket = w.bucket and p.person_id = w.person_id
    ) as persons,
    (
        select array_agg(row(l.bucket, l.person_id, l.member_id, l.partner_id, l.linked_at, l.unlinked_at))
        from person_link l
        where l.unlinked_at is null and (l.person_id = any($4::uuid[]) or l.member_id = any($5::uuid[]))
    ) as links

-- name: read_merged
-- Of members whose own books are written: how they were merged, and the lots that their points lie in now with those
-- that they came from, also empty ones; and who of them has an open hold. After the locks. Only batches with calls about
-- earlier sales, corrections or merges of such members ask.
with merged as (
    select g.*
    from member_merge g
    where g.absorbed_id = any($1::uuid[]) and g.unmerged_at is null
),
moved as (
    select l.lot_id, l.bucket, l.member_id, o.lot_id as origin_id, o.bucket as origin_bucket, o.member_id as origin_owner
    from merged g
    join lot l
        on l.bucket = crc32(uuid_send(g.survivor_id)) % 64 and l.member_id = g.survivor_id
        and l.moved_from is not null
    join lot o
        on o.bucket = crc32(uuid_send(g.absorbed_id)) % 64 and o.member_id = g.absorbed_id and o.lot_id = l.moved_from
),
wanted as (
    select bucket, member_id, lot_id from moved
    union
    select origin_bucket, origin_owner, origin_id from moved
)
select
    (
        select array_agg(row(
            g.bucket, g.merge_id, g.partner_id, g.absorbed_id, g.survivor_id, g.merged_at, g.unmerged_at, g.debts::text
        ))
        from merged g
    ) as merges,
    (
        select array_agg(row(
            l.bucket, l.member_id, l.currency, l.lot_id, l.origin, l.posting_id, l.issued, l.remaining, l.held,
            l.active_from, l.expires_at, l.frozen, l.is_pending, l.expired, l.moved_from
        ))
        from wanted w
        join lot l on l.bucket = w.bucket and l.member_id = w.member_id and l.lot_id = w.lot_id
    ) as lots,
    array(
        select distinct h.member_id from hold h where h.state = 'pending' and h.member_id = any($1::uuid[])
    ) as holding

-- name: find_links
-- Who a member of a partner is: under which other names, and which persons, with how many members of other partners.
with names as (
    select coalesce(m.merged_into, m.member_id) as member_id
    from member m
    where m.bucket = $1 and m.member_id = $2 and m.partner_id = $3 and m.household_size is null
),
merged as (
    select g.merge_id, g.absorbed_id, g.merged_at
    from names n join member_merge g on g.survivor_id = n.member_id and g.unmerged_at is null
)
select
    n.member_id,
    array(select row(g.merge_id, g.absorbed_id, g.merged_at) from merged g order by g.merged_at, g.merge_id) as merges,
    array(
        select row(l.person_id, l.linked_at, (
            select count(*) from person_link o
            where o.bucket = l.bucket and o.person_id = l.person_id and o.unlinked_at is null and o.partner_id <> $3
        ))
        from person_link l
        where l.unlinked_at is null
            and (l.member_id = n.member_id or l.member_id in (select g.absorbed_id from merged g))
        order by l.linked_at, l.person_id
    ) as persons
from names n

-- name: write_identities
-- Merges that are new, taken back, or whose debts have moved; persons and who they are.
with
merge_written as (
    insert into member_merge (
        bucket, merge_id, partner_id, absorbed_id, survivor_id, merged_at, unmerged_at, debts
    )
    select * from unnest(
        :merge.bucket::smallint[], :merge.merge_id::uuid[], :merge.partner_id::uuid[], :merge.absorbed_id::uuid[],
        :merge.survivor_id::uuid[], :merge.merged_at::timestamptz[], :merge.unmerged_at::timestamptz[],
        :merge.debts::jsonb[]
    )
    on conflict (bucket, merge_id) do update set unmerged_at = excluded.unmerged_at, debts = excluded.debts
),
person_written as (
    insert into person (bucket, person_id, made_at)
    select * from unnest(:person.bucket::smallint[], :person.person_id::uuid[], :person.made_at::timestamptz[])
)
insert into person_link (bucket, person_id, member_id, partner_id, linked_at, unlinked_at)
select * from unnest(
    :person_link.bucket::smallint[], :person_link.person_id::uuid[], :person_link.member_id::uuid[],
    :person_link.partner_id::uuid[], :person_link.linked_at::timestamptz[], :person_link.unlinked_at::timestamptz[]
)
on conflict (bucket, person_id, member_id) do update set
    linked_at = excluded.linked_at, unlinked_at = excluded.unlinked_at

-- name: write_erasures
-- What says who somebody is, and what leads to them, of members who are locked: emptied, or gone. Numbers of cards stay taken
-- and blocked, so that nobody is given one of them again.
with
erased as (
    select * from unnest(:erasure.bucket::smallint[], :erasure.member_id::uuid[], :erasure.erased_at::timestamptz[])
        as e (bucket, member_id, erased_at)
),
profile_emptied as (
    update member_profile t set
        first_name = '', last_name = '', patronymic = '', email = '', phone = '', gender = '', birth_date = null,
        external_id = '', traits = '{}', social_links = '{}'
    from erased e
    where t.bucket = e.bucket and t.member_id = e.member_id
),
contacts_deleted as (
    delete from identifier t using erased e
    where t.member_bucket = e.bucket and t.member_id = e.member_id and t.kind <> 'card'
),
cards_blocked as (
    update identifier t set blocked_at = e.erased_at
    from erased e
    where t.member_bucket = e.bucket and t.member_id = e.member_id and t.kind = 'card' and t.blocked_at is null
),
history_key_destroyed as (
    delete from member_history_key t using erased e
    where t.bucket = e.bucket and t.member_id = e.member_id
),
lists_left as (
    delete from member_list_entry t using erased e
    where t.bucket = e.bucket and t.member_id = e.member_id
),
programs_left as (
    update participation t set left_at = e.erased_at
    from erased e
    where t.bucket = e.bucket and t.member_id = e.member_id and t.left_at is null
)
update person_link t set unlinked_at = e.erased_at
from erased e
where t.member_id = e.member_id and t.unlinked_at is null
