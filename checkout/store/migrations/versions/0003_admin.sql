-- The pages for managers: who works here, what they changed, and what their role may see and write.
-- `checkout_admin` sees rows of one partner at a time, the one that its transaction names, and every change of a record
-- that it makes leaves a row of history by itself: both hold for whoever speaks SQL as that role, not only for the pages.

-- ---- staff ---------------------------------------------------------------------------------------------------------

create table staff (
    staff_id            uuid primary key default uuidv7(),
    partner_id          uuid references partner,
    login               text not null constraint staff_login_taken unique,
    name                text not null,
    role                text not null,
    language            text not null default '' check (language in ('', 'en', 'ru')),
    password_hash       text not null default '',
    password_changed_at timestamptz,
    blocked_at          timestamptz,
    created_at          timestamptz not null default now(),
    constraint staff_login_is_written_small check (login = lower(login) and login ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'),
    constraint staff_role_is_known check (role in (
        'owner', 'administrator', 'marketer', 'analyst', 'call_centre', 'cashier_supervisor', 'auditor'
    ))
);
comment on table staff is 'People who work in the pages for managers';
comment on column staff.partner_id is 'Whose rows they see; null: of the installation, they choose a partner';
comment on column staff.password_hash is 'argon2id; empty until the person has chosen one through a link';

create table staff_session (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    session_id uuid not null default uuidv7() constraint staff_session_id_taken unique,
    staff_id   uuid not null references staff,
    partner_id uuid references partner,
    created_at timestamptz not null default now(),
    seen_at    timestamptz not null default now(),
    ends_at    timestamptz not null,
    ended_at   timestamptz,
    address    text not null default '',
    agent      text not null default ''
);
comment on table staff_session is 'Who is signed in, where: ended by them, by an administrator, by time';
comment on column staff_session.token_hash is 'SHA-256 of what the browser''s cookie holds';
comment on column staff_session.partner_id is 'Of staff of the installation: the partner on whose rows they work';
comment on column staff_session.ends_at is 'However often it is used';
create index staff_session_of_staff on staff_session (staff_id) where ended_at is null;

create table staff_link (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    staff_id   uuid not null references staff,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at    timestamptz
);
comment on table staff_link is 'One-time links through which people choose a password';

create table staff_factor (
    staff_id     uuid primary key references staff,
    secret       text not null check (secret ~ '^([A-Z2-7]{32}|sealed:[A-Za-z0-9+/=]+)$'),
    recovery     bytea[] not null default '{}',
    begun_at     timestamptz not null default now(),
    confirmed_at timestamptz,
    used_step    bigint not null default 0
);
comment on table staff_factor is 'The second factor of people: digits of an application on their telephone';
comment on column staff_factor.secret is
    'What the digits follow from: sealed under a key of CHECKOUT_ADMIN_SEALING_KEYS, or as it is where there is none. It is no first factor';
comment on column staff_factor.recovery is 'SHA-256 of the codes that are left for who loses the telephone';
comment on column staff_factor.confirmed_at is 'Asked for from then on; null: nobody has shown its digits yet';
comment on column staff_factor.used_step is 'The half minute whose digits were used last: they work once';

create table staff_list (
    staff_id uuid not null references staff,
    of_list  text not null,
    columns  text[] not null check (cardinality(columns) <= 60),
    primary key (staff_id, of_list)
);
comment on table staff_list is 'Which columns of a list somebody sees; empty: the usual ones. Their own affair: it leaves no history';

create table sign_in_failure (
    subject      bytea primary key check (octet_length(subject) = 32),
    failures     integer not null check (failures > 0),
    last_at      timestamptz not null default now(),
    locked_until timestamptz
);
comment on table sign_in_failure is
    'Failed attempts by login or address, as SHA-256: also of logins that do not exist, so that nobody learns which do';

-- ---- the history of records ----------------------------------------------------------------------------------------

create table admin_history (
    seq           bigint primary key check (seq > 0),
    at            timestamptz not null,
    partner_id    uuid,
    author_id     uuid,
    author        text not null check (author <> ''),
    record        text not null,
    record_key    text not null,
    action        text not null,
    before        jsonb,
    after         jsonb,
    reason        text not null default '',
    previous_hash bytea not null check (octet_length(previous_hash) = 32),
    hash          bytea not null check (octet_length(hash) = 32),
    clock_from    bigint not null check (clock_from between 1 and seq),
    of_member     text generated always as (
        case when record in ('member', 'member_profile') then record_key else coalesce(after, before) ->> 'member_id' end
    ) stored
);
comment on table admin_history is
    'Every change that people made in the pages or through the service, written with it: who, when, what it was, what it is, why. A chain of hashes';
comment on column admin_history.partner_id is 'Whose record it is; null: of the installation';
comment on column admin_history.before is 'Changed columns only; null: there was nothing before';
comment on column admin_history.hash is 'SHA-256 of the hash before and of admin_history_content';
create index admin_history_of_record on admin_history (record, record_key, seq);
create index admin_history_of_partner on admin_history (partner_id, seq);
-- For the history's page: by who it was, and from a day on. They grow at their ends, or at a few places.
create index admin_history_of_author on admin_history (author, seq);
create index admin_history_by_time on admin_history (clock_from, at, seq);
comment on column admin_history.clock_from is
    'The first entry from which on the clock was not set back: up to the next such one times follow the numbers';
create index admin_history_set_back on admin_history (seq) where seq = clock_from;
comment on column admin_history.of_member is
    'Whom it concerns: also of cards, coupons, corrections, gifts. A column, as policies keep indexes on expressions from being used';
create index admin_history_of_member on admin_history (of_member, seq) where of_member is not null;

create table admin_history_head (
    only_row boolean primary key default true check (only_row),
    seq      bigint not null default 0,
    hash     bytea not null default decode(repeat('00', 32), 'hex'),
    at       timestamptz not null default '-infinity',
    clock_from bigint not null default 1
);
insert into admin_history_head default values;
comment on table admin_history_head is 'Where the chain ends: changes wait for each other here, and a row cut off is missed';

create function admin_history_content(entry admin_history) returns bytea language sql immutable as $$
    select convert_to(jsonb_build_array(
        entry.seq, to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), entry.partner_id, entry.author_id,
        entry.author, entry.record, entry.record_key, entry.action, entry.before, entry.after, entry.reason
    )::text, 'UTF8')
$$;
comment on function admin_history_content is 'What the hash of an entry covers';

create function admin_history_append(entry admin_history) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    head admin_history_head;
begin
    update admin_history_head set seq = seq + 1 returning * into head;
    entry.seq := head.seq;
    entry.at := clock_timestamp();
    entry.clock_from := case when entry.at < head.at then head.seq else head.clock_from end;
    entry.previous_hash := head.hash;
    entry.hash := sha256(head.hash || admin_history_content(entry));
    update admin_history_head set hash = entry.hash, at = entry.at, clock_from = entry.clock_from;
    insert into admin_history (
        seq, at, partner_id, author_id, author, record, record_key, action, before, after, reason, previous_hash, hash,
        clock_from
    )
    values (
        entry.seq, entry.at, entry.partner_id, entry.author_id, entry.author, entry.record, entry.record_key, entry.action,
        entry.before, entry.after, entry.reason, entry.previous_hash, entry.hash, entry.clock_from
    );
end $$;
comment on function admin_history_append is 'The only way into the chain: whoever comes waits until the one before has ended';

create function admin_history_spans(since timestamptz, until timestamptz)
returns table (first_seq bigint, last_seq bigint)
language sql stable security definer rows 1 set search_path = public, pg_temp as $$
    select first.seq, last.seq
    from admin_history begun
    cross join lateral (
        select h.seq
        from admin_history h
        where h.clock_from = begun.seq and h.at >= coalesce(since, '-infinity')
        order by h.at, h.seq
        limit 1
    ) first
    cross join lateral (
        select h.seq
        from admin_history h
        where h.clock_from = begun.seq and h.at < coalesce(until, 'infinity')
        order by h.at desc, h.seq desc
        limit 1
    ) last
    where begun.seq = begun.clock_from and first.seq <= last.seq
$$;
comment on function admin_history_spans is
    'Numbers of the entries of a span of time, of all partners: one span, and more only if the clock was set back';

create function admin_note(
    entry_partner uuid, entry_record text, entry_key text, entry_action text, entry_before jsonb, entry_after jsonb
) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    entry admin_history;
begin
    entry.author := coalesce(current_setting('checkout.admin_author', true), '');
    if entry.author = '' then
        raise exception 'a change without an author is refused' using errcode = 'insufficient_privilege';
    end if;
    entry.partner_id := entry_partner;
    entry.author_id := nullif(current_setting('checkout.admin_author_id', true), '')::uuid;
    entry.record := entry_record;
    entry.record_key := entry_key;
    entry.action := entry_action;
    entry.before := entry_before;
    entry.after := entry_after;
    entry.reason := coalesce(current_setting('checkout.admin_reason', true), '');
    perform admin_history_append(entry);
end $$;
comment on function admin_note is 'What the pages change. The author is the one that the transaction names';

create function operator_note(
    partners uuid[], records text[], record_keys text[], actions text[], befores jsonb[], afters jsonb[],
    authors text[], reasons text[]
) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    entry admin_history;
begin
    for entry.partner_id, entry.record, entry.record_key, entry.action, entry.before, entry.after, entry.author, entry.reason in
        select * from unnest(partners, records, record_keys, actions, befores, afters, authors, reasons)
    loop
        perform admin_history_append(entry);
    end loop;
end $$;
comment on function operator_note is
    'What operators changed through the service, in their order: the last that such a transaction does, as the chain is locked until it ends';

create function admin_changed() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    now_is jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
    whole jsonb := coalesce(now_is, was);
    record_key text;
    name text;
    sealed jsonb;
begin
    select joined_key into record_key from (
        select string_agg(whole ->> column_name, '/' order by place) as joined_key
        from unnest(string_to_array(tg_argv[0], ',')) with ordinality as named (column_name, place)
    ) joined;
    if tg_op = 'UPDATE' then
        for name in select jsonb_object_keys(whole) loop
            if was -> name = now_is -> name then
                was := was - name;
                now_is := now_is - name;
            end if;
        end loop;
        if now_is = '{}' then
            return null;
        end if;
    end if;
    -- What a secret is, is nobody's business; that it changed is. Whoever changes a row may have sealed what it was and is:
    -- then that is kept, for whoever has the key.
    sealed := nullif(current_setting('checkout.admin_sealed', true), '')::jsonb -> tg_table_name -> record_key;
    foreach name in array string_to_array(tg_argv[1], ',') loop
        was := case when was ? name then jsonb_set(was, array[name], coalesce(sealed -> 'before' -> name, '"…"')) else was end;
        now_is := case when now_is ? name then jsonb_set(now_is, array[name], coalesce(sealed -> 'after' -> name, '"…"')) else now_is end;
    end loop;
    perform admin_note(
        case tg_table_name
            when 'terminal_token' then (select partner_id from terminal where terminal_id = (whole ->> 'terminal_id')::uuid)
            when 'staff_link' then (select partner_id from staff where staff_id = (whole ->> 'staff_id')::uuid)
            when 'staff_factor' then (select partner_id from staff where staff_id = (whole ->> 'staff_id')::uuid)
            when 'member_profile' then (
                select partner_id from member
                where bucket = (whole ->> 'bucket')::smallint and member_id = (whole ->> 'member_id')::uuid
            )
            else (whole ->> 'partner_id')::uuid
        end,
        tg_table_name, record_key,
        case tg_op when 'INSERT' then 'created' when 'UPDATE' then 'changed' else 'removed' end, was, now_is);
    return null;
end $$;
comment on function admin_changed is
    'Arguments: the columns of the key, and the columns whose values are not kept. Unchanged columns are left out';

create function admin_record_now(asked_record text, asked_key text) returns jsonb language plpgsql stable as $$
declare
    told text[];
    held jsonb;
begin
    -- What the trigger was told: the columns of the key, and those whose values nobody is shown.
    select string_to_array(encode(t.tgargs, 'escape'), '\000') into told
    from pg_trigger t
    join pg_class c on c.oid = t.tgrelid
    where t.tgname = 'admin_changed' and c.relname = asked_record and c.relnamespace = 'public'::regnamespace;
    if told is null or cardinality(string_to_array(asked_key, '/')) <> cardinality(string_to_array(told[1], ',')) then
        return null;
    end if;
    -- Values stand as literals of the column's own type, so that an index is used.
    execute format('select to_jsonb(r) from %I r where %s', asked_record, (
        select string_agg(format('%I = %L', named.column_name, named.part), ' and ')
        from unnest(string_to_array(told[1], ','), string_to_array(asked_key, '/')) named (column_name, part)
    )) into held;
    return held || coalesce(
        (select jsonb_object_agg(name, '…') from unnest(string_to_array(told[2], ',')) name where held ? name), '{}');
exception when invalid_text_representation or numeric_value_out_of_range or datetime_field_overflow then
    return null;
end $$;
comment on function admin_record_now is
    'A row that the history is kept of, by the history''s key; with the rights of whoever asks. Null: there is none';

-- ---- the role --------------------------------------------------------------------------------------------------------

do $$
begin
    if not exists (select from pg_roles where rolname = 'checkout_admin') then
        begin
            create role checkout_admin login;
            comment on role checkout_admin is
                'The pages for managers: one partner''s rules, catalogue and staff; neither ledger nor receipts';
        exception when duplicate_object or unique_violation then
            null;  -- another database of the cluster was migrated at the same moment
        end;
    end if;
end $$;
grant usage on schema public to checkout_admin;

-- Read and written: places, catalogue, programs, staff. Columns that are not named stay as they were made.
grant select, insert on partner, chain, store, terminal, category, product, program, card_type to checkout_admin;
grant update (name, settings, words) on partner to checkout_admin;
grant update (name) on chain to checkout_admin;
grant update (chain_code, program_code, name, address, format, region, time_zone) on store to checkout_admin;
grant update (kind, blocked_at, permissions) on terminal to checkout_admin;
grant update (name, parent_code) on category to checkout_admin;
grant update (category_code, brand, name, supplier, tags, attributes, flags) on product to checkout_admin;
grant update (document, updated_at) on program to checkout_admin;
-- Prefix and length say which numbers were issued: what is printed on plastic does not change any more.
grant update (name, issued_at_enrolment) on card_type to checkout_admin;
grant select, insert, update (revoked_at) on terminal_token to checkout_admin;
grant select, insert on staff, staff_session, staff_link to checkout_admin;
grant select, insert, delete, update (recovery, confirmed_at, used_step) on staff_factor to checkout_admin;
grant update (name, role, language, password_hash, password_changed_at, blocked_at) on staff to checkout_admin;
grant update (partner_id, seen_at, ended_at) on staff_session to checkout_admin;
grant update (used_at) on staff_link to checkout_admin;
grant select, insert, update, delete on sign_in_failure to checkout_admin;
grant select, insert, update (columns) on staff_list to checkout_admin;
-- The triggers of places move it.
grant select, update on directory_version to checkout_admin;
-- Read only.
grant select on campaign, publication, member, member_profile, identifier, participation, account to checkout_admin;
grant select (snapshot_id, partner_id, schema_version, semantics, created_at) on snapshot to checkout_admin;
grant select on admin_history to checkout_admin;
revoke execute on function admin_history_append, admin_history_spans, admin_note, operator_note, admin_changed from public;
grant execute on function admin_history_spans, admin_note to checkout_admin;
grant execute on function operator_note to checkout_app;
-- Whoever verifies the books, the service included, follows the chain.
grant select on admin_history, admin_history_head to checkout_app, checkout_verifier;

-- ---- whose rows it sees ----------------------------------------------------------------------------------------------

create function admin_partner() returns uuid language sql stable parallel safe as $$
    select nullif(current_setting('checkout.admin_partner', true), '')::uuid
$$;
comment on function admin_partner is 'The partner on whose rows the transaction of the admin works; null: on none';
-- Policies ask for it in a subquery: that is worked out once for a statement, a call for each row, which takes longer than the row.

create function admin_reach() returns text language sql stable parallel safe as $$
    select coalesce(current_setting('checkout.admin_reach', true), '')
$$;
comment on function admin_reach is
    '"partner": staff of a partner; "installation": staff who choose one; "entrance": nobody yet, for signing in; empty: nothing';

do $$
declare
    place text;
    seen text;
begin
    foreach place in array array[
        'partner', 'chain', 'program', 'store', 'terminal', 'terminal_token', 'campaign', 'category', 'product', 'snapshot',
        'publication', 'card_type', 'member', 'member_profile', 'identifier', 'participation', 'account', 'staff', 'staff_session',
        'staff_link', 'staff_factor', 'admin_history'
    ] loop
        seen := case place
            when 'partner' then 'partner_id = admin_partner() or admin_reach() in (''installation'', ''entrance'')'
            when 'terminal_token' then 'exists (select from terminal t where t.terminal_id = terminal_token.terminal_id)'
            when 'staff' then 'partner_id = admin_partner() and admin_reach() = ''partner'''
                ' or admin_reach() in (''installation'', ''entrance'')'
            when 'staff_session' then 'exists (select from staff s where s.staff_id = staff_session.staff_id)'
            when 'staff_link' then 'exists (select from staff s where s.staff_id = staff_link.staff_id)'
            when 'staff_factor' then 'exists (select from staff s where s.staff_id = staff_factor.staff_id)'
            when 'admin_history' then 'partner_id = (select admin_partner()) or partner_id is null and admin_reach() = ''installation'''
            else case when place in ('member_profile', 'participation', 'account') then format(
                'exists (select from member m where m.bucket = %1$I.bucket and m.member_id = %1$I.member_id)', place)
            else 'partner_id = (select admin_partner())' end
        end;
        execute format('alter table %I enable row level security', place);
        execute format('create policy one_partner on %I to checkout_admin using (%s)', place, seen);
        -- The service keeps partners apart by itself, and the verifier looks at all of them.
        if place not like 'staff%' and place <> 'admin_history' then
            execute format(
                'create policy everything on %I to checkout_app, checkout_verifier using (true) with check (true)', place);
        end if;
    end loop;
end $$;
create policy everything on admin_history to checkout_app, checkout_verifier using (true);
-- Nobody sees another's choice.
alter table staff_list enable row level security;
create policy own on staff_list to checkout_admin
    using (staff_id = nullif(current_setting('checkout.admin_author_id', true), '')::uuid);

-- ---- what leaves a row of history ------------------------------------------------------------------------------------

do $$
declare
    audited record;
begin
    for audited in select * from (values
        ('partner', 'code', ''),
        ('chain', 'code', ''),
        ('program', 'code', ''),
        ('card_type', 'code', ''),
        ('store', 'code', ''),
        ('terminal', 'store_code,code', ''),
        ('terminal_token', 'terminal_id', 'token_hash'),
        ('category', 'code', ''),
        ('product', 'sku', ''),
        ('staff', 'login', 'password_hash'),
        ('staff_link', 'staff_id', 'token_hash')
    ) as listed (place, key_columns, secrets) loop
        -- Only what the admin's role changes: loaders and the service have histories of their own.
        execute format(
            'create trigger admin_changed after insert or update or delete on %I for each row'
            ' when (current_user = ''checkout_admin'') execute function admin_changed(%L, %L)',
            audited.place, audited.key_columns, audited.secrets);
    end loop;
    -- Not that it was used: signing in is told by itself.
    execute 'create trigger admin_changed after insert or delete or update of recovery, confirmed_at on staff_factor for each row'
            ' when (current_user = ''checkout_admin'') execute function admin_changed(''staff_id'', ''secret,recovery'')';
    execute 'create trigger history_is_immutable before update or delete on admin_history
             for each row execute function refuse_change()';
    execute 'create trigger history_is_not_truncated before truncate on admin_history
             for each statement execute function refuse_change()';
end $$;

-- ---- finding members ---------------------------------------------------------------------------------------------------

create index member_profile_phone on member_profile (phone) where phone <> '';
create index member_profile_email on member_profile (lower(email)) where email <> '';
create index member_profile_external_id on member_profile (external_id) where external_id <> '';
-- A name is typed in any order, the last word perhaps not to its end: the first column is met whole, the second by its beginning.
create index member_profile_last_name on member_profile
    (lower(last_name) text_pattern_ops, lower(first_name) text_pattern_ops) where last_name <> '';
create index member_profile_first_name on member_profile
    (lower(first_name) text_pattern_ops, lower(last_name) text_pattern_ops) where first_name <> '';
create index member_profile_patronymic on member_profile
    (lower(patronymic) text_pattern_ops, lower(first_name) text_pattern_ops) where patronymic <> '';
create index member_by_age on member (partner_id, created_at, member_id);

create function admin_find_named(asked text, found_max integer) returns table (member_bucket smallint, found_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    with words as (
        select word, place from unnest(string_to_array(lower(asked), ' ', '')) with ordinality as typed (word, place) where word is not null
    ),
    -- One word, or a last name of several: a beginning of a name.
    sole as (select lower(asked) as begun, lower(asked) || chr(1114111) as beyond),
    -- Two words, or three, in each order: one is a whole name, one begins another, the third begins the one that is left.
    ordered as (
        select
            w.word as whole, b.word as begun, b.word || chr(1114111) as beyond,
            coalesce(r.word, '') as other, coalesce(r.word, '') || chr(1114111) as other_beyond
        from words w
        join words b on b.place <> w.place
        left join words r on r.place not in (w.place, b.place)
        where (select count(*) from words) between 2 and 3
    ),
    -- Not materialized: each search below has an index of its own.
    named as not materialized (
        select
            p.bucket, p.member_id, p.first_name, p.last_name, p.patronymic,
            lower(p.first_name) as first, lower(p.last_name) as last, lower(p.patronymic) as middle
        from member_profile p
        join member m on m.bucket = p.bucket and m.member_id = p.member_id
        where m.partner_id = admin_partner()
    )
    -- Ranges, which indexes are used for whatever is asked; of common names not all are gone through.
    select k.bucket, k.member_id
    from sole
    cross join lateral (
        (select bucket, member_id from named where last_name <> '' and last ~>=~ begun and last ~<~ beyond limit found_max)
        union all
        (select bucket, member_id from named where first_name <> '' and first ~>=~ begun and first ~<~ beyond limit found_max)
        union all
        (select bucket, member_id from named where patronymic <> '' and middle ~>=~ begun and middle ~<~ beyond limit found_max)
    ) k
    union
    select k.bucket, k.member_id
    from ordered
    cross join lateral (
        (
            select bucket, member_id
            from named
            where last_name <> '' and last = whole and first ~>=~ begun and first ~<~ beyond
                and middle ~>=~ other and middle ~<~ other_beyond
            limit found_max
        )
        union all
        (
            select bucket, member_id
            from named
            where first_name <> '' and first = whole and last ~>=~ begun and last ~<~ beyond
                and middle ~>=~ other and middle ~<~ other_beyond
            limit found_max
        )
        union all
        (
            select bucket, member_id
            from named
            where patronymic <> '' and middle = whole and first ~>=~ begun and first ~<~ beyond
                and last ~>=~ other and last ~<~ other_beyond
            limit found_max
        )
        union all
        (
            select bucket, member_id
            from named
            where patronymic <> '' and middle ~>=~ begun and middle ~<~ beyond and first = whole
                and last ~>=~ other and last ~<~ other_beyond
            limit found_max
        )
    ) k
$$;
comment on function admin_find_named is
    'By how a name begins, or by two or three words of it in any order: of the transaction''s partner only. Runs as the owner, like those below';

create function admin_find_members(asked text, found_max integer) returns table (member_bucket smallint, found_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    select m.bucket, m.member_id
    from (
        select bucket, member_id from member_profile where phone = asked and phone <> ''
        union select bucket, member_id from member_profile where lower(email) = lower(asked) and email <> ''
        union select bucket, member_id from member_profile where external_id = asked and external_id <> ''
        union select member_bucket, found_id from admin_find_named(asked, least(found_max, 1000))
        union select m.bucket, m.member_id
        from (
            select case when asked ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then asked::uuid end as id
        ) named
        join member m on m.bucket = crc32(uuid_send(named.id)) % 64 and m.member_id = named.id
    ) found
    join member m using (bucket, member_id)
    where m.partner_id = admin_partner()
    order by m.member_id
    limit least(found_max, 1000)
$$;
comment on function admin_find_members is
    'By whole phone, e-mail, external id or member id, or by names: of the transaction''s partner only.'
    ' Runs as the owner: policies would keep the indexes from being used';
revoke execute on function admin_find_named, admin_find_members from public;
grant execute on function admin_find_members to checkout_admin;

-- By how what is shown ends, read from behind.
create index identifier_shown on identifier (partner_id, reverse(masked) text_pattern_ops);
create index identifier_by_age on identifier (partner_id, created_at, digest);
-- The same of one kind or type, of blocked ones and of those that are nobody's yet: of a million they may be few, and not spread evenly
-- over the years. In the order of the key they are: the list needs no index for it.
create index identifier_of_kind on identifier (partner_id, kind, created_at, digest);
create index identifier_of_type on identifier (partner_id, type_code, created_at, digest) where type_code <> '';
create index identifier_blocked on identifier (partner_id, created_at, digest) where blocked_at is not null;
create index identifier_of_nobody on identifier (partner_id, created_at, digest) where member_id is null;
-- For the list of a category's products, and to offer the categories that have some: tills read products from snapshots only.
create index product_in_category on product (partner_id, category_code, sku);

create function admin_find_identifiers(asked text, found_max integer)
returns table (found_bucket smallint, found_kind text, found_digest bytea)
language sql stable security definer set search_path = public, pg_temp as $$
    select i.bucket, i.kind, i.digest
    from identifier i
    where i.partner_id = admin_partner()
        and reverse(i.masked) ~>=~ reverse(right(asked, 4)) and reverse(i.masked) ~<~ (reverse(right(asked, 4)) || chr(1114111))
    limit least(found_max, 10001)
$$;
comment on function admin_find_identifiers is
    'Cards and phones by their last digits, of which four are shown: of the transaction''s partner only. Runs as the owner, like the above';
revoke execute on function admin_find_identifiers from public;
grant execute on function admin_find_identifiers to checkout_admin;
