-- What the pages for managers do about people: dictionaries of tags, attributes and series of coupons, segments and lists of members, and what
-- they read of gifts and visits. Tags and attributes of a member are said to the service; who is in a segment or on a list
-- the pages write themselves, many members at a time, through functions that keep to the partner and to the lock order.

alter table member_list add column archived_at timestamptz, add column size bigint check (size >= 0);
comment on column member_list.archived_at is 'Offered to nobody any more; who is on it stays on it';
comment on column member_list.size is 'Members on it after the last file; null: it was filled otherwise';

grant select on tag, coupon_series, member_attribute, segment, member_list to checkout_admin;
grant insert (partner_id, code, name, archived_at) on tag, coupon_series, member_list to checkout_admin;
grant insert (partner_id, code, name, kind, archived_at) on member_attribute to checkout_admin;
grant insert (partner_id, code, name, conditions, archived_at) on segment to checkout_admin;
grant update (name, archived_at) on tag, coupon_series, member_attribute, member_list to checkout_admin;
grant update (name, conditions, archived_at, counted_at) on segment to checkout_admin;

do $$
declare
    place text;
begin
    foreach place in array array['tag', 'coupon_series', 'member_attribute', 'segment', 'member_list'] loop
        execute format('alter table %I enable row level security', place);
        execute format('create policy one_partner on %I to checkout_admin using (partner_id = (select admin_partner()))', place);
        execute format(
            'create policy everything on %I to checkout_app, checkout_verifier using (true) with check (true)', place);
        execute format(
            'create trigger admin_changed after insert or update or delete on %I for each row'
            ' when (current_user = ''checkout_admin'') execute function admin_changed(''code'', '''')', place);
    end loop;
end $$;

-- ---- what the pages read of members ----------------------------------------------------------------------------------

create view admin_gift_given with (security_barrier) as
select
    bucket, gift_given_id, program_code, gift_code, member_id, store_code, count, currency, points_minor, given_at, author, reason,
    taken_back_at, taken_back_by
from gift_given
where partner_id = admin_partner();

create view admin_merge with (security_barrier) as
select merge_id, absorbed_id, survivor_id, merged_at, unmerged_at, debts
from member_merge
where partner_id = admin_partner();

create view admin_person_link with (security_barrier) as
select
    l.person_id, l.member_id, l.linked_at,
    (
        select count(*) from person_link o
        where o.person_id = l.person_id and o.unlinked_at is null and o.partner_id <> l.partner_id
    ) as members_elsewhere
from person_link l
where l.unlinked_at is null and l.partner_id = admin_partner();
comment on view admin_person_link is 'Which members are which persons; of other partners'' members no more than how many there are';

grant select on admin_merge, admin_person_link to checkout_admin;

create index household_by_age on member (partner_id, created_at desc, member_id) where household_size is not null;
create index intervention_of_household on intervention (household_id, at) where household_id is not null;

create view admin_known_member as
select
    m.bucket, m.member_id, m.created_at, m.blocked_at, m.purchases, m.last_purchase_on, m.household_size, m.merged_into,
    p.gender, p.birth_date, p.email <> '' as has_email, p.phone <> '' as has_phone, p.traits
from member m
left join member_profile p on p.bucket = m.bucket and p.member_id = m.member_id
where m.partner_id = admin_partner() and m.erased_at is null;
comment on view admin_known_member is
    'What conditions of lists and segments ask of members who were not erased, without what names them. Each is looked up once: policies would do it again for the profile';

create view admin_visit with (security_barrier) as
select v.bucket, v.member_id, v.day, v.spend_minor
from visit v
join member m on m.bucket = v.bucket and m.member_id = v.member_id
where m.partner_id = admin_partner() and v.category_code = '';
comment on view admin_visit is 'What members spent on a receipt, less what came back, by business days';

grant select on admin_gift_given, admin_known_member, admin_visit to checkout_admin;

-- For whom a condition of the list holds, if it holds for few. No sale writes a column that stands here, nor a row, but for the
-- first time that a member gets a tag.
create index member_profile_traits on member_profile using gin (traits jsonb_path_ops);
create index member_profile_birth_date on member_profile (birth_date) where birth_date is not null;
create index member_profile_not_reached on member_profile (bucket, member_id) where email = '' and phone = '';
create index member_tag_by_tag on member_tag (tag) where given > 0;
create index member_list_entry_by_list on member_list_entry (list_code);
create index member_blocked on member (partner_id, created_at, member_id) where blocked_at is not null;
create index participation_in_tier on participation (program_code, tier_code) where left_at is null;

-- Sets by an index, of at most so many members. They run as the owner: policies would keep the indexes from being used.
create function admin_members_tagged(asked text, found_max integer) returns table (member_bucket smallint, found_id uuid)
language sql stable security definer set search_path = public, pg_temp rows 1000 as $$
    (
        select m.bucket, m.member_id
        from member_profile p
        join member m using (bucket, member_id)
        where p.traits @> jsonb_build_object('tags', jsonb_build_array(asked)) and m.partner_id = admin_partner()
        limit found_max
    )
    union all
    (
        select m.bucket, m.member_id
        from member_tag t
        join member m using (bucket, member_id)
        where t.tag = asked and t.given > 0 and m.partner_id = admin_partner()
        limit found_max
    )
$$;
comment on function admin_members_tagged is 'Who has a tag, by hand or from sales; with both twice';

create function admin_members_known(asked jsonb, found_max integer) returns table (member_bucket smallint, found_id uuid)
language sql stable security definer set search_path = public, pg_temp rows 1000 as $$
    select m.bucket, m.member_id
    from member_profile p
    join member m using (bucket, member_id)
    where p.traits @> asked and m.partner_id = admin_partner()
    limit found_max
$$;
comment on function admin_members_known is 'Whose traits hold a document: a segment, an attribute with its value';

create function admin_members_listed(asked text, found_max integer) returns table (member_bucket smallint, found_id uuid)
language sql stable security definer set search_path = public, pg_temp rows 1000 as $$
    select m.bucket, m.member_id
    from member_list_entry e
    join member m using (bucket, member_id)
    where e.list_code = asked and m.partner_id = admin_partner()
    limit found_max
$$;
comment on function admin_members_listed is 'Who is on a list';

-- ---- what they write of them -----------------------------------------------------------------------------------------

create function admin_mark_segment(
    marked text, begun timestamptz, in_bucket smallint, wanted uuid[], changed_max integer
) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
    taken_at timestamptz;
    changing uuid[];
begin
    -- Until this slice is written nobody changes its conditions, or takes it.
    select counted_at into taken_at from segment where partner_id = admin_partner() and code = marked for share;
    if not found then
        raise exception 'the partner has no such segment' using errcode = 'foreign_key_violation';
    end if;
    if taken_at is distinct from begun then
        return null;
    end if;
    select array_agg(member_id) into changing from (
        select p.member_id
        from member_profile p
        join member m using (bucket, member_id)
        where p.bucket = in_bucket and m.partner_id = admin_partner() and m.erased_at is null
            -- As a set: an array would be gone through for each member.
            and (p.member_id in (select unnest(wanted))) <> coalesce(p.traits -> 'segments' ? marked, false)
        order by p.member_id
        limit changed_max
    ) differing;
    -- In the order of sales, so that neither waits for the other in a ring.
    perform from member where bucket = in_bucket and member_id = any(changing) order by member_id for update;
    update member_profile set traits = jsonb_set(traits, '{segments}',
        (coalesce(traits -> 'segments', '[]') - marked)
        || case when member_id in (select unnest(wanted)) then to_jsonb(marked) else '[]' end)
    where bucket = in_bucket and member_id = any(changing);
    return coalesce(cardinality(changing), 0);
end $$;
comment on function admin_mark_segment is
    'Members of a bucket who are wanted become members of the segment, others cease to be; so many at a time. Returns how many;'
    ' null, and nothing done: it is to be counted anew since, or another process counts it.'
    ' Their versions move, and caches are told, by the trigger of the profile';

create function admin_take_segment(patience interval) returns table (partner uuid, taken text, begun timestamptz)
language sql security definer set search_path = public, pg_temp as $$
    update segment s set counted_at = clock_timestamp()
    from (
        select partner_id, code from segment
        where archived_at is null and (counted_at is null or counted_at < clock_timestamp() - patience)
        order by counted_at nulls first
        limit 1
        for update skip locked
    ) due
    where s.partner_id = due.partner_id and s.code = due.code
    returning s.partner_id, s.code, s.counted_at
$$;
comment on function admin_take_segment is
    'A segment of any partner that has not been counted for so long; who takes it counts it, as long as that moment stands in it';

create function admin_note_segment(counted text, begun timestamptz, members bigint) returns void
language sql security definer set search_path = public, pg_temp as $$
    update segment set size = members where partner_id = admin_partner() and code = counted and counted_at = begun
$$;
comment on function admin_note_segment is 'How many members a segment has: no change of the record, so that history keeps what people did';

create function admin_fill_list(filled text, buckets smallint[], members uuid[], file_hash text, lines integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    now_on_it bigint;
begin
    perform from member_list where partner_id = admin_partner() and code = filled for update;
    if not found then
        raise exception 'the partner has no such list' using errcode = 'foreign_key_violation';
    end if;
    perform from member m
    where (m.bucket, m.member_id) in (select * from unnest(buckets, members))
    order by m.bucket, m.member_id
    for update;
    insert into member_list_entry (bucket, member_id, list_code)
    select m.bucket, m.member_id, filled
    from unnest(buckets, members) as named (bucket, member_id)
    join member m using (bucket, member_id)
    where m.partner_id = admin_partner() and m.erased_at is null
    on conflict do nothing;
    select count(*) into now_on_it from admin_members_listed(filled, null);
    update member_list set size = now_on_it where partner_id = admin_partner() and code = filled;
    perform admin_note(admin_partner(), 'member_list', filled, 'filled', null, jsonb_build_object(
        'file_sha256', file_hash, 'lines', lines, 'members', cardinality(members), 'size', now_on_it));
    return now_on_it;
end $$;
comment on function admin_fill_list is 'Members of a file join a list, all or none, with one row of history; returns how many are on it';

revoke execute on function
    admin_members_tagged, admin_members_known, admin_members_listed,
    admin_mark_segment, admin_take_segment, admin_note_segment, admin_fill_list
    from public;
grant execute on function
    admin_members_tagged, admin_members_known, admin_members_listed,
    admin_mark_segment, admin_take_segment, admin_note_segment, admin_fill_list
    to checkout_admin;

-- ---- what operators set, as it is now ----------------------------------------------------------------------------------

create function operated_now(asked_record text, asked_key text) returns jsonb language plpgsql stable as $$
declare
    id uuid;
    held jsonb;
begin
    if asked_record = 'campaign' then
        select jsonb_build_object('is_stopped', exists (
            select from campaign_stop where partner_id = admin_partner() and campaign_code = asked_key and is_stopped))
            into held
            from campaign where partner_id = admin_partner() and code = asked_key;
        return held;
    elsif asked_record not in ('member', 'identifier', 'certificate') then
        return null;
    end if;
    id := asked_key::uuid;
    case asked_record
        when 'member' then
            select jsonb_build_object(
                'is_blocked', m.blocked_at is not null, 'is_erased', m.erased_at is not null, 'household_id', m.household_id, 'merged_into', m.merged_into,
                'person_id', (select person_id from admin_person_link where member_id = id))
                || coalesce((select jsonb_object_agg('other_name.' || absorbed_id, true) from admin_merge
                    where survivor_id = id and unmerged_at is null), '{}')
                || coalesce((select jsonb_object_agg('takes_part.' || program_code, left_at is null)
                    || jsonb_object_agg('tier.' || program_code, tier_code)
                    || jsonb_object_agg('tier_until.' || program_code, tier_until)
                    from participation p where p.bucket = m.bucket and p.member_id = id), '{}')
                || coalesce((select jsonb_object_agg('frozen.' || currency, frozen)
                    || jsonb_object_agg('account_frozen.' || currency, frozen_at is not null)
                    from account a where a.bucket = m.bucket and a.member_id = id), '{}')
                || coalesce((select jsonb_object_agg('tag.' || tag, true)
                    from jsonb_array_elements_text(p.traits -> 'tags') tag), '{}')
                || coalesce((select jsonb_object_agg('consent.' || channel, true)
                    from jsonb_array_elements_text(p.traits -> 'consents') channel), '{}')
                || coalesce((select jsonb_object_agg('attribute.' || code, '…')
                    from jsonb_object_keys(p.traits -> 'attributes') code), '{}')
            into held
            from member m
            left join member_profile p on p.bucket = m.bucket and p.member_id = m.member_id
            where m.bucket = crc32(uuid_send(id)) % 64 and m.member_id = id and m.household_size is null;
        when 'identifier' then
            select jsonb_build_object(
                'is_blocked', blocked_at is not null, 'member_id', member_id, 'replaced_for', replaced_for,
                'replaced_by', encode(replaced_by, 'hex')::uuid)
            into held
            from identifier where bucket = crc32(uuid_send(id)) % 64 and digest = uuid_send(id);
        when 'certificate' then
            select jsonb_build_object('is_blocked', blocked_at is not null) into held
            from generate_series(0, 63) every_bucket join admin_certificate on bucket = every_bucket and certificate_id = id;
    end case;
    return held;
exception when invalid_text_representation then
    return null;
end $$;
comment on function operated_now is
    'Of a record that operators change through the service, what they set, named as in the history; with the rights of whoever asks';
