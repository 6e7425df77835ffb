-- Merges and persons: one member may be another name of a second one, whose points then lie with that one.

-- name: merged_members_lead_to_a_member
-- Who was merged leads to a member of the partner, who is no other name of anybody and in the merge that holds.
select
    m.member_id::text as key,
    s.member_id is null or s.merged_into is not null or s.household_size is not null or g.merge_id is null as is_wrong
from member m
left join member s
    on s.bucket = crc32(uuid_send(m.merged_into)) % 64 and s.member_id = m.merged_into and s.partner_id = m.partner_id
left join member_merge g
    on g.absorbed_id = m.member_id and g.survivor_id = m.merged_into and g.partner_id = m.partner_id
    and g.unmerged_at is null
where m.merged_into is not null

-- name: members_count_their_names
-- A member says how many others were merged into it: who says none is not asked for them.
select m.member_id::text as key, m.other_names <> coalesce(n.names, 0) as is_wrong
from member m
left join (
    select merged_into, count(*) as names from member where merged_into is not null group by merged_into
) n on n.merged_into = m.member_id

-- name: merges_are_what_members_say
-- A merge that was not taken back is that of its absorbed member; one that was, says so after it began.
select
    g.merge_id::text as key,
    case
        when g.unmerged_at is null then m.merged_into is distinct from g.survivor_id
        else g.unmerged_at < g.merged_at - interval '1 minute'
    end
    or g.bucket <> crc32(uuid_send(g.merge_id)) % 64 as is_wrong
from member_merge g
left join member m on m.bucket = crc32(uuid_send(g.absorbed_id)) % 64 and m.member_id = g.absorbed_id

-- name: merged_members_keep_no_points
-- Who was merged has nothing held, frozen or owed, and no lot that has not ended.
select
    m.member_id::text as key,
    coalesce(a.bound, 0) <> 0 or coalesce(l.remaining, 0) <> 0 as is_wrong
from member m
left join (
    select bucket, member_id, sum(held + frozen + debt) as bound
    from account group by bucket, member_id
) a using (bucket, member_id)
left join (
    select bucket, member_id, sum(remaining) as remaining
    from lot
    where expires_at is null or expires_at > transaction_timestamp()
        + coalesce(nullif(current_setting('checkout.clock_offset', true), ''), '0')::interval
    group by bucket, member_id
) l using (bucket, member_id)
where m.merged_into is not null

-- name: moved_lots_keep_what_they_were
-- A lot that was moved came from a lot of a member who was merged into its own, of the same currency, origin and
-- dates; of that one no more was moved than it ever had.
select
    l.lot_id::text as key,
    (o.currency, o.origin, o.active_from, o.expires_at)
        is distinct from (l.currency, l.origin, l.active_from, l.expires_at)
    or not exists (
        select from member_merge g where g.absorbed_id = o.member_id and g.survivor_id = l.member_id
    )
    or sum(l.remaining + l.expired) over (partition by l.moved_from) + o.remaining + o.expired > o.issued as is_wrong
from lot l
left join lot o on o.lot_id = l.moved_from
where l.moved_from is not null

-- name: merges_owe_what_was_moved
-- What a survivor was given to owe is what its merge moved of debts and did not move back.
select
    format('%s %s', coalesce(g.merge_id, moved.merge_id), coalesce(g.currency, moved.currency)) as key,
    coalesce(g.owed, 0) is distinct from coalesce(moved.owed, 0) as is_wrong
from (
    select merge_id, each.key as currency, each.value::numeric as owed
    from member_merge
    cross join jsonb_each_text(debts) each
    where unmerged_at is null
) g
full join (
    select m.merge_id, e.currency, coalesce(sum(e.amount) filter (where e.role = 'debt'), 0) as owed
    from member_merge m
    join posting p
        on p.bucket = crc32(uuid_send(m.absorbed_id)) % 64 and p.member_id = m.absorbed_id and p.kind = 'transfer'
        and p.at >= m.merged_at
    join entry e on e.bucket = p.bucket and e.month = p.month and e.posting_id = p.posting_id
    where m.unmerged_at is null
    group by m.merge_id, e.currency
) moved using (merge_id, currency)

-- name: merges_have_their_authors
-- Two members were made one by somebody, once, and two again by somebody, once, if they are two.
select
    coalesce(g.merge_id, i.merge_id)::text as key,
    coalesce(i.merged, 0) <> 1
    or coalesce(i.unmerged, 0) <> (g.unmerged_at is not null)::integer as is_wrong
from member_merge g
full join (
    select
        merge_id, partner_id, member_id as absorbed_id,
        count(*) filter (where kind = 'members_merged') as merged,
        count(*) filter (where kind = 'members_unmerged') as unmerged
    from intervention
    where merge_id is not null
    group by merge_id, partner_id, member_id
) i using (merge_id, partner_id, absorbed_id)

-- name: persons_are_members_of_several_partners
-- A person is one member of each partner at most, a member is one person at most, and the member is of that partner.
select
    format('%s %s', l.person_id, l.member_id) as key,
    m.partner_id is distinct from l.partner_id
    or m.household_size is not null
    or count(*) over (partition by l.person_id, l.partner_id) > 1
    or count(*) over (partition by l.member_id) > 1 as is_wrong
from person_link l
left join member m on m.bucket = crc32(uuid_send(l.member_id)) % 64 and m.member_id = l.member_id
where l.unlinked_at is null

-- name: links_have_their_authors
-- A member is a person exactly if that was said once more than it was taken back, by an author of the partner; whoever was
-- erased is none.
select
    format('%s %s', coalesce(l.person_id, i.person_id), coalesce(l.member_id, i.member_id)) as key,
    (l.person_id is not null and l.unlinked_at is null)::integer
        is distinct from case when m.erased_at is null then coalesce(i.more, 0) else 0 end as is_wrong
from person_link l
full join (
    select
        person_id, member_id, partner_id,
        count(*) filter (where kind = 'person_linked')
        - count(*) filter (where kind = 'person_unlinked') as more
    from intervention
    where person_id is not null
    group by person_id, member_id, partner_id
) i using (person_id, member_id, partner_id)
left join member m on m.bucket = crc32(uuid_send(l.member_id)) % 64 and m.member_id = l.member_id

-- name: erased_members_are_nobody
-- Whoever was erased was so by somebody, once, under the name that stands for all of them, and nothing names them or
-- leads to them: profile, phones and ids, cards in use, the key of the history, lists, programs, persons.
select
    m.member_id::text as key,
    coalesce(done.times, 0) <> 1
    or m.blocked_at is null
    or exists (
        select from member_profile p
        where p.bucket = m.bucket and p.member_id = m.member_id and (
            concat(
                p.first_name, p.last_name, p.patronymic, p.email, p.phone, p.gender, p.external_id,
                array_to_string(p.social_links, '')
            ) <> ''
            or p.birth_date is not null or p.traits <> '{}'
        )
    )
    or exists (
        select from identifier i
        where i.member_bucket = m.bucket and i.member_id = m.member_id and (i.kind <> 'card' or i.blocked_at is null)
    )
    or exists (select from member_history_key k where k.bucket = m.bucket and k.member_id = m.member_id)
    or exists (select from member_list_entry e where e.bucket = m.bucket and e.member_id = m.member_id)
    or exists (
        select from participation p where p.bucket = m.bucket and p.member_id = m.member_id and p.left_at is null)
    or exists (select from person_link l where l.member_id = m.member_id and l.unlinked_at is null) as is_wrong
from member m
left join (
    select member_id, count(*) as times from intervention where kind = 'member_erased' group by member_id
) done on done.member_id = coalesce(m.merged_into, m.member_id)
where m.erased_at is not null
