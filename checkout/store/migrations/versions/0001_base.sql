-- The first schema. Every hot table begins with its bucket (docs/design.md, scale); what is partitioned is partitioned
-- by month; what is history refuses UPDATE, DELETE and TRUNCATE. Amounts are minor units, all of them bigint.

-- ---- who is who ----------------------------------------------------------------------------------------------------

create table partner (
    partner_id        uuid primary key default uuidv7(),
    code              text not null constraint partner_code_taken unique,
    name              text not null,
    currency_code     text not null check (currency_code ~ '^[A-Z]{3}$'),
    currency_exponent smallint not null default 2 check (currency_exponent between 0 and 4),
    settings          jsonb not null default '{}',
    words             jsonb not null default '{}'
);
comment on table partner is 'The tenant. Everything below belongs to one.';
comment on column partner.words is
    'What rules may name: checkout.engine.schema.snapshot.Words as JSON, without member lists, which have a table';

create table chain (
    partner_id uuid not null references partner,
    code       text not null,
    name       text not null,
    primary key (partner_id, code)
);

create table program (
    partner_id uuid not null references partner,
    code       text not null,
    document   jsonb not null,
    updated_at timestamptz not null default now(),
    primary key (partner_id, code)
);
comment on column program.document is 'checkout.engine.schema.program.Program as JSON';

create table store (
    partner_id   uuid not null references partner,
    code         text not null,
    store_id     uuid not null default uuidv7() constraint store_id_taken unique,
    chain_code   text not null,
    program_code text not null,
    name         text not null,
    address      text not null default '',
    format       text not null default '',
    region       text not null default '',
    time_zone    text not null default 'UTC',
    primary key (partner_id, code),
    foreign key (partner_id, chain_code) references chain,
    foreign key (partner_id, program_code) references program
);
comment on column store.name is 'The visible name: what customers call the store';

create table terminal (
    terminal_id uuid primary key default uuidv7(),
    partner_id  uuid not null references partner,
    store_code  text not null,
    code        text not null,
    kind        text not null default 'till' check (kind in ('till', 'store_server')),
    blocked_at  timestamptz,
    permissions text[] not null default '{}' check (permissions <@ array['already_paid', 'return_without_receipt']),
    constraint terminal_code_taken unique (partner_id, store_code, code),
    foreign key (partner_id, store_code) references store
);

create table terminal_token (
    token_hash  bytea primary key check (octet_length(token_hash) = 32),
    terminal_id uuid not null references terminal,
    created_at  timestamptz not null default now(),
    revoked_at  timestamptz
);
comment on table terminal_token is 'SHA-256 of tokens; two may live at once, so that they can be rotated';

-- ---- rules and catalogue ---------------------------------------------------------------------------------------------

create table campaign (
    partner_id uuid not null references partner,
    code       text not null,
    document   jsonb not null,
    status     text not null default 'live' check (status in ('draft', 'live', 'archived')),
    updated_at timestamptz not null default now(),
    primary key (partner_id, code)
);
comment on column campaign.document is 'checkout.engine.schema.campaign.Campaign as JSON';

create table category (
    partner_id  uuid not null references partner,
    code        text not null,
    name        text not null default '',
    parent_code text not null default '',
    primary key (partner_id, code)
);

create table product (
    partner_id    uuid not null references partner,
    sku           text not null,
    category_code text not null default '',
    brand         text not null default '',
    name          text not null default '',
    supplier      text not null default '',
    tags          text[] not null default '{}',
    attributes    jsonb not null default '{}',
    flags         text[] not null default '{}' check (flags <@ array['alcohol', 'tobacco']),
    primary key (partner_id, sku)
);

create table member_list (
    partner_id uuid not null references partner,
    code       text not null,
    name       text not null default '',
    primary key (partner_id, code)
);

create table tag (
    partner_id  uuid not null references partner,
    code        text not null,
    name        text not null default '',
    archived_at timestamptz,
    primary key (partner_id, code)
);
comment on table tag is 'The dictionary of tags of members: rules name the code, people read the name';
comment on column tag.archived_at is 'Offered to nobody any more; members who have it and rules that name it stay as they are';

create table coupon_series (
    partner_id  uuid not null references partner,
    code        text not null,
    name        text not null default '',
    archived_at timestamptz,
    primary key (partner_id, code)
);
comment on table coupon_series is 'What unique coupons are issued of: rules name the code, people read the name';
comment on column coupon_series.archived_at is 'No coupons are issued of it any more; those that there are, and rules that name it, stay as they are';

create table member_attribute (
    partner_id  uuid not null references partner,
    code        text not null,
    name        text not null default '',
    kind        text not null check (kind in ('text', 'number', 'yes_no', 'date')),
    archived_at timestamptz,
    primary key (partner_id, code)
);
comment on table member_attribute is
    'The dictionary of attributes of members that the partner has defined, with what their values are';

create table segment (
    partner_id  uuid not null references partner,
    code        text not null,
    name        text not null default '',
    conditions  jsonb not null default '{}' check (jsonb_typeof(conditions) = 'object'),
    archived_at timestamptz,
    size        bigint check (size >= 0),
    counted_at  timestamptz,
    primary key (partner_id, code)
);
comment on table segment is 'Named sets of members by what is stored of them; who is in one stands in the traits of members';
comment on column segment.conditions is 'Filters of the list of members, by name: all of them hold';
comment on column segment.size is 'Members in it when it was counted last; null: not yet';
comment on column segment.counted_at is 'When somebody began to count it; null: it is to be counted now';

create table snapshot_part (
    part_hash text primary key check (part_hash ~ '^[0-9a-f]{64}$'),
    body      bytea not null
);
comment on table snapshot_part is 'Pieces of snapshots by the SHA-256 of their bytes; versions share them';

create table snapshot (
    snapshot_id    text primary key check (snapshot_id ~ '^[0-9a-f]{64}$'),
    partner_id     uuid not null references partner,
    schema_version integer not null,
    semantics      integer not null,
    manifest       bytea not null,
    created_at     timestamptz not null default now()
);
comment on column snapshot.manifest is 'The list of parts; its SHA-256 is the snapshot id';

create table publication (
    seq          bigint generated always as identity primary key,
    partner_id   uuid not null references partner,
    snapshot_id  text not null references snapshot,
    published_at timestamptz not null default now(),
    author       text not null,
    note         text not null default ''
);
comment on table publication is 'What was live from when: the newest row of a partner is in force';
create index publication_of_partner on publication (partner_id, seq);

-- What the newest publication was made of: a publication reads and checks what differs from it.
create table published_rules (
    partner_id  uuid primary key references partner,
    snapshot_id text not null references snapshot,
    rest_hash   bigint not null,
    checked_by  text not null
);
comment on table published_rules is 'Which snapshot the rules were like when they were last published';
comment on column published_rules.rest_hash is 'Of all rules but campaigns, as read_rules_now makes it';
comment on column published_rules.checked_by is 'Digest of the code that checked them: other code checks all of them again';

create table published_campaign (
    partner_id  uuid not null references partner,
    code        text not null,
    source_hash bigint not null,
    primary key (partner_id, code)
);
comment on table published_campaign is 'Campaigns of that snapshot, with a hash of the documents that they were made of';

create table campaign_stop (
    partner_id    uuid not null references partner,
    campaign_code text not null,
    is_stopped    boolean not null,
    changed_at    timestamptz not null,
    primary key (partner_id, campaign_code)
);
comment on table campaign_stop is
    'The emergency-stop list: every confirming transaction reads it. Short, and the same for all buckets';

create table directory_version (
    only_row boolean primary key default true check (only_row),
    version  bigint not null default 1
);
insert into directory_version default values;
comment on table directory_version is 'Moves when partners, stores, terminals or tokens change; workers poll it';

create function bump_directory_version() returns trigger language plpgsql as $$
begin
    update directory_version set version = version + 1;
    return null;
end $$;

create trigger directory_changed after insert or update or delete on partner
    for each statement execute function bump_directory_version();
create trigger directory_changed after insert or update or delete on store
    for each statement execute function bump_directory_version();
create trigger directory_changed after insert or update or delete on terminal
    for each statement execute function bump_directory_version();
create trigger directory_changed after insert or update or delete on terminal_token
    for each statement execute function bump_directory_version();

create table card_type (
    partner_id          uuid not null references partner,
    code                text not null,
    name                text not null,
    prefix              text not null,
    digits              smallint not null,
    issued_at_enrolment boolean not null default false,
    constraint card_type_code_taken primary key (partner_id, code),
    constraint card_type_prefix_is_digits check (prefix ~ '^[0-9]{1,12}$'),
    constraint card_type_numbers_are_long_enough check (digits between 8 and 19 and digits - length(prefix) >= 5)
);
comment on table card_type is
    'Cards of one kind, by how their numbers look: those that begin so are cards only if they were issued';
comment on column card_type.prefix is 'First digits; none begins as another one of the partner does, so a number is of one type';
comment on column card_type.digits is 'Of a whole number, prefix and check digit (Luhn) included';
comment on column card_type.issued_at_enrolment is 'Who joins without a card gets one of these, a number without plastic';
create function card_prefix_is_apart() returns trigger language plpgsql as $$
begin
    -- Two that are made at the same moment do not see each other: the second one waits for the first.
    perform pg_advisory_xact_lock(hashtextextended('card_type/' || new.partner_id, 0));
    if exists (
        select from card_type t
        where t.partner_id = new.partner_id and t.code <> new.code
            and (starts_with(t.prefix, new.prefix) or starts_with(new.prefix, t.prefix))
    ) then
        raise exception 'two types of cards would have the same numbers'
            using errcode = 'exclusion_violation', constraint = 'card_type_prefix_is_apart', table = 'card_type';
    end if;
    return new;
end $$;
create trigger card_type_prefix_is_apart before insert or update of prefix on card_type
    for each row execute function card_prefix_is_apart();
create unique index card_type_at_enrolment on card_type (partner_id) where issued_at_enrolment;
create trigger directory_changed after insert or update or delete on card_type
    for each statement execute function bump_directory_version();

-- ---- members -----------------------------------------------------------------------------------------------------------

create table member (
    bucket           smallint not null,
    member_id        uuid not null,
    partner_id       uuid not null,
    version          bigint not null default 1,
    blocked_at       timestamptz,
    purchases        bigint not null default 0 check (purchases >= 0),
    last_purchase_on date,
    household_id     uuid,
    household_size   smallint check (household_size between 0 and 20),
    merged_into      uuid,
    other_names      smallint not null default 0 check (other_names >= 0),
    erased_at        timestamptz,
    created_at       timestamptz not null default now(),
    primary key (bucket, member_id),
    constraint member_is_in_no_household_or_is_none check (household_id is null or household_size is null),
    constraint member_that_was_merged_is_nothing_else
        check (merged_into is null or (household_id is null and household_size is null and merged_into <> member_id)),
    constraint member_that_is_erased_is_blocked
        check (erased_at is null or (blocked_at is not null and household_id is null and household_size is null)),
    constraint member_bucket_is_crc32 check (bucket = crc32(uuid_send(member_id)) % 64)
);
comment on column member.erased_at is 'The person was erased: the row is what receipts and ledger hang on, and nobody''s any more';
comment on column member.version is 'Moves with everything that a quote reads about the member';
comment on column member.purchases is 'Confirmed sales, and those that were brought over from another system';
comment on column member.household_id is 'Another row of this table: the household whose accounts the member draws on';
comment on column member.household_size is 'Of a household, how many members it has; null: it is a member';
create index member_of_household on member (household_id) where household_id is not null;
comment on column member.merged_into is 'Another row of this table: the member that this one is only another name of';
comment on column member.other_names is 'How many members were merged into this one: only then somebody looks for them';
create index member_merged_into on member (merged_into) where merged_into is not null;
comment on column member.last_purchase_on is 'Local date of the latest of them';

create table member_profile (
    bucket      smallint not null,
    member_id   uuid not null,
    first_name  text not null default '',
    last_name   text not null default '',
    patronymic  text not null default '',
    email       text not null default '',
    phone       text not null default '',
    gender      text not null default '',
    birth_date  date,
    external_id text not null default '',
    traits      jsonb not null default '{}' check (jsonb_typeof(traits) = 'object'),
    social_links text[] not null default '{}',
    primary key (bucket, member_id)
);
comment on table member_profile is
    'Identity, apart from the ledger: erasing a person empties the row, and with it go phones and ids of identifier';
comment on column member_profile.traits is
    'What rules may know beside gender and age: checkout.flows.traits.Traits as JSON; what is absent is not known';

create table identifier (
    bucket        smallint not null,
    partner_id    uuid not null,
    kind          text not null check (kind in ('card', 'phone', 'external_id')),
    digest        bytea not null check (octet_length(digest) = 16),
    member_bucket smallint,
    member_id     uuid,
    masked        text not null,
    blocked_at    timestamptz,
    type_code     text not null default '',
    issue_id      uuid,
    replaced_by   bytea,
    replaced_for  text not null default '' check (replaced_for in ('', 'lost', 'damaged', 'stolen')),
    created_at    timestamptz not null default now(),
    constraint identifier_taken primary key (bucket, partner_id, kind, digest),
    constraint identifier_without_member_is_a_new_card check (
        (member_id is null) = (member_bucket is null) and (member_id is not null or issue_id is not null)
    ),
    constraint identifier_of_an_issue_is_a_card check (
        (issue_id is null or type_code <> '') and (type_code = '' or kind = 'card')
    ),
    constraint identifier_replaced_is_out_of_use check (
        (replaced_by is null or kind = 'card' and blocked_at is not null and replaced_by <> digest)
        and (replaced_for = '' or replaced_by is not null)
    )
);
comment on column identifier.member_id is 'Null: a card that was issued and is nobody''s yet';
comment on column identifier.type_code is 'Of a card that the service issued, its card_type; else empty';
comment on column identifier.issue_id is 'The card_issue that made the number; null: it was made for its member';
comment on column identifier.replaced_by is 'Digest of the card that took this one''s place, for ever';
comment on column identifier.replaced_for is 'Why, as far as whoever replaced it said';
comment on column identifier.digest is 'HMAC of the normalised identifier: a dump names nobody';
comment on column identifier.bucket is 'crc32 of the digest modulo 64';
create index identifier_of_member on identifier (member_bucket, member_id) where member_id is not null;

create table card_issue (
    bucket     smallint not null,
    issue_id   uuid not null,
    partner_id uuid not null,
    type_code  text not null,
    cards      integer not null check (cards > 0),
    at         timestamptz not null,
    author     text not null check (author <> ''),
    reason     text not null default '',
    primary key (bucket, issue_id)
);
comment on table card_issue is 'Cards whose numbers were issued together, before anybody had them; it is never changed';

create table participation (
    bucket       smallint not null,
    member_id    uuid not null,
    program_code text not null,
    tier_code    text not null default '',
    joined_at    timestamptz not null default now(),
    left_at      timestamptz,
    tier_cause   text not null default ''
        check (tier_cause in ('', 'reached', 'kept', 'fell', 'taken_back', 'set', 'joined')),
    tier_since   date,
    tier_until   date,
    tier_seq     integer not null default 0,
    primary key (bucket, member_id, program_code)
);
comment on column participation.tier_cause is 'Of the last judgement; empty before the first: enrolled, or brought over';
comment on column participation.tier_since is 'The day by which it was judged';
comment on column participation.tier_until is
    'The last day on which the tier is kept, whatever is bought; null: it does not end by itself';
comment on column participation.tier_seq is 'Of the latest tier_change; 0 if there is none';
create index participation_that_ends on participation (program_code, tier_until)
    where tier_until is not null and left_at is null;

create table member_list_entry (
    bucket    smallint not null,
    member_id uuid not null,
    list_code text not null,
    primary key (bucket, member_id, list_code)
);

create table invalidation (
    invalidation_id bigint generated always as identity primary key,
    bucket          smallint not null,
    partner_id      uuid not null,
    member_id       uuid,
    version         bigint,
    kind            text,
    digest          bytea,
    constraint invalidation_names_one_thing check (
        (member_id is not null and version is not null and kind is null and digest is null)
        or (member_id is null and version is null and kind is not null and digest is not null)
    )
);
comment on table invalidation is
    'Cached member states and identifiers to drop: written with the change, drained by workers';

create function member_changed() returns trigger language plpgsql as $$
begin
    with seen as (
        select bucket, member_id from changed
        union
        -- What is known of a member who was merged is seen through the one that survived.
        select (crc32(uuid_send(m.merged_into)) % 64)::smallint, m.merged_into
        from changed c join member m using (bucket, member_id)
        where m.merged_into is not null
    ),
    touched as (
        update member m set version = version + 1
        from seen c
        where m.bucket = c.bucket and m.member_id = c.member_id
        returning m.bucket, m.partner_id, m.member_id, m.version
    )
    insert into invalidation (bucket, partner_id, member_id, version) select * from touched;
    return null;
end $$;
comment on function member_changed is
    'For tables that the admin and loaders write: bump the version and queue the invalidation in the same transaction';

create trigger participation_added after insert on participation
    referencing new table as changed for each statement execute function member_changed();
create trigger participation_updated after update on participation
    referencing new table as changed for each statement execute function member_changed();
create trigger list_entry_added after insert on member_list_entry
    referencing new table as changed for each statement execute function member_changed();
create trigger list_entry_removed after delete on member_list_entry
    referencing old table as changed for each statement execute function member_changed();
create trigger profile_updated after update on member_profile
    referencing new table as changed for each statement execute function member_changed();

create function identifier_changed() returns trigger language plpgsql as $$
begin
    insert into invalidation (bucket, partner_id, kind, digest)
    select bucket, partner_id, kind, digest from changed;
    return null;
end $$;
create trigger identifier_updated after update on identifier
    referencing new table as changed for each statement execute function identifier_changed();
create trigger identifier_removed after delete on identifier
    referencing old table as changed for each statement execute function identifier_changed();

create function member_row_changed() returns trigger language plpgsql as $$
begin
    new.version := old.version + 1;
    insert into invalidation (bucket, partner_id, member_id, version)
    values (new.bucket, new.partner_id, new.member_id, new.version);
    return new;
end $$;
create trigger member_row_changed before update on member
    for each row when (
        (old.blocked_at, old.purchases, old.last_purchase_on)
            is distinct from (new.blocked_at, new.purchases, new.last_purchase_on)
        and new.version = old.version
    )
    execute function member_row_changed();

create function merged_row_changed() returns trigger language plpgsql as $$
begin
    with seen_through as (
        update member set version = version + 1
        where bucket = crc32(uuid_send(new.merged_into)) % 64 and member_id = new.merged_into
        returning bucket, partner_id, member_id, version
    )
    insert into invalidation (bucket, partner_id, member_id, version) select * from seen_through;
    return null;
end $$;
comment on function merged_row_changed is 'What is known of a member who was merged is seen through the one that survived';
create trigger merged_row_changed after update on member
    for each row when (
        new.merged_into is not null
        and (old.purchases, old.last_purchase_on) is distinct from (new.purchases, new.last_purchase_on)
    )
    execute function merged_row_changed();

-- ---- the ledger --------------------------------------------------------------------------------------------------------

create table account (
    bucket    smallint not null,
    member_id uuid not null,
    currency  text not null,
    balance   bigint not null default 0,
    held      bigint not null default 0 check (held >= 0),
    seq       bigint not null default 0,
    debt      bigint not null default 0 check (debt >= 0),
    frozen    bigint not null default 0 check (frozen >= 0),
    pending   bigint not null default 0 check (pending >= 0),
    frozen_at timestamptz,
    primary key (bucket, member_id, currency)
);
comment on column account.frozen is 'What of it point_freeze rows keep out of reach';
comment on column account.frozen_at is 'The whole account, also what is still to come, is out of reach since: it earns and does not spend';
comment on table account is 'A member''s points in one currency. Program accounts are sums over their entries';
comment on column account.debt is 'Owed after returns of goods whose points were spent: balance is what the lots hold, before it';
comment on column account.pending is 'What lots hold that are not booked as active yet; the balance is without it';

create table lot (
    bucket      smallint not null,
    member_id   uuid not null,
    currency    text not null,
    lot_id      uuid not null,
    origin      text not null check (origin in ('earned', 'opening', 'adjusted', 'returned', 'transferred')),
    posting_id  uuid not null,
    issued      bigint not null check (issued > 0),
    remaining   bigint not null,
    held        bigint not null default 0,
    active_from timestamptz not null,
    expires_at  timestamptz,
    frozen      bigint not null default 0,
    is_pending  boolean not null default false,
    expired     bigint not null default 0 check (expired >= 0),
    is_open     boolean not null generated always as (remaining > 0) stored,
    moved_from  uuid,
    primary key (bucket, member_id, lot_id),
    constraint lot_remaining_within_issued check (remaining >= 0 and remaining + expired <= issued),
    constraint lot_held_within_remaining check (held between 0 and remaining),
    constraint lot_frozen_within_what_is_not_held check (frozen between 0 and remaining - held)
) with (fillfactor = 85);
comment on column lot.held is 'Set aside by holds';
comment on column lot.frozen is 'Set aside by operators';
comment on table lot is 'Points that came in together. Its state follows from its dates';
comment on column lot.moved_from is 'The lot of a member who was merged into this one: its points lie here until they go back';
comment on column lot.is_pending is 'Booked as pending: by its dates it may be active already, which a worker then books';
comment on column lot.expired is 'Booked as expired: taken out of remaining after expires_at';
comment on column lot.is_open is
    'Something is left. Indexes look at this rather than at what is left: so spending from a lot touches none of them';
create index lot_open on lot (bucket, member_id) where is_open;
create index lot_that_ends on lot (expires_at) where is_open and expires_at is not null;
create index lot_that_begins on lot (active_from) where is_open and is_pending;

create table posting (
    bucket       smallint not null,
    month        date not null,
    posting_id   uuid not null,
    partner_id   uuid not null,
    program_code text not null,
    kind         text not null check (kind in (
        'sale', 'opening', 'adjustment', 'return', 'debt', 'credit', 'activation', 'expiry', 'undo', 'leaving', 'transfer',
        'gift', 'gift_back'
    )),
    member_id    uuid not null,
    receipt_id   uuid,
    at           timestamptz not null,
    reason       text not null default '',
    author       text not null default '',
    primary key (bucket, month, posting_id)
) partition by range (month);
create index posting_of_receipt on posting (bucket, receipt_id) where receipt_id is not null;
comment on column posting.receipt_id is 'The sale, the return or the credit that it belongs to';

create table entry (
    bucket        smallint not null,
    month         date not null,
    posting_id    uuid not null,
    leg           smallint not null,
    role          text not null check (
        role in (
            'member', 'pending', 'debt', 'issued', 'redeemed', 'opening', 'adjusted', 'written_off', 'expired',
            'transferred'
        )
    ),
    member_id     uuid not null,
    currency      text not null,
    amount        bigint not null,
    seq           bigint,
    balance_after bigint,
    primary key (bucket, month, posting_id, leg),
    constraint member_entries_carry_a_chain
        check ((role = 'member') = (seq is not null) and (seq is null) = (balance_after is null))
) partition by range (month);
comment on table entry is 'One leg of a posting. Legs of a posting sum to zero per currency';
create index entry_of_account on entry (bucket, member_id, currency, seq) where role = 'member';
create index entry_of_debt on entry (bucket, member_id, currency) where role = 'debt';

create table lot_movement (
    bucket     smallint not null,
    month      date not null,
    posting_id uuid not null,
    lot_id     uuid not null,
    member_id  uuid not null,
    amount     bigint not null,
    activated  bigint not null default 0 check (activated >= 0),
    expired    bigint not null default 0,
    primary key (bucket, month, posting_id, lot_id),
    constraint lot_movement_moves_something check (amount <> 0 or activated <> 0 or expired <> 0)
) partition by range (month);
comment on table lot_movement is 'What a posting put into a lot (positive) or took out of it (negative)';
comment on column lot_movement.activated is 'Of what is in the lot, booked from pending to active';
comment on column lot_movement.expired is 'Taken to the expired account, or (negative) from there: goods that earned it came back';

-- ---- sales -------------------------------------------------------------------------------------------------------------

create table receipt (
    bucket                  smallint not null,
    month                   date not null,
    receipt_id              uuid not null,
    selling_partner_id      uuid not null,
    program_partner_id      uuid not null,
    program_code            text not null,
    store_code              text not null,
    terminal_code           text not null,
    member_id               uuid,
    purchase_id             text not null,
    mode                    text not null check (mode in ('online', 'offline', 'manual')),
    snapshot_id             text not null,
    semantics               integer not null,
    evaluated_at            timestamptz not null,
    confirmed_at            timestamptz not null,
    business_day            date not null,
    shift                   text not null default '',
    receipt_number          text not null default '',
    cashier                 text not null default '',
    currency                text not null,
    amount_minor            bigint not null,
    external_discount_minor bigint not null,
    manual_discount_minor   bigint not null,
    discount_minor          bigint not null,
    points_value_minor      bigint not null,
    certificates_minor      bigint not null,
    rounding_minor          bigint not null,
    payable_minor           bigint not null,
    points_earned_minor     bigint not null,
    spent_currency          text not null,
    points_spent_minor      bigint not null,
    content                 bytea not null,
    facts                   bytea not null,
    answer                  bytea not null,
    already_paid            boolean not null default false,
    flags                   jsonb not null default '{}' check (jsonb_typeof(flags) = 'object'),
    household_id            uuid,
    primary key (bucket, month, receipt_id)
) partition by range (month);
comment on column receipt.currency is
    'The program''s first point currency, in which points_earned_minor counts; the answer and the posting have all';
comment on column receipt.mode is
    'online: priced by the service; offline: by the till alone, and submitted later; manual: added by an operator';
comment on column receipt.already_paid is
    'Accepted as sold: what a till gave or took without the service, or at the price of a hold that had ended';
comment on column receipt.flags is
    'What did not fit and was accepted all the same: how often by kind, {"points_owed": 1}; the answer has all of it';
comment on column receipt.household_id is 'Whose account it moved and in whose bucket it lies; null: the member''s own';
comment on column receipt.content is 'What was sent, as JSON: priced and settlement content';
comment on column receipt.facts is 'The facts given to the engine, as JSON: the receipt replays from it';
comment on column receipt.answer is 'What was answered, as JSON: outcome, balances, slip';

create table purchase_key (
    bucket       smallint not null,
    partner_id   uuid not null,
    purchase_id  text not null,
    state        text not null check (state in ('held', 'confirmed', 'cancelled')),
    content_hash bytea not null,
    home_bucket  smallint not null,
    hold_id      uuid,
    month        date,
    receipt_id   uuid,
    returned     jsonb not null default '{}' check (jsonb_typeof(returned) = 'object'),
    credit_bucket smallint,
    credit_month  date,
    credit_id     uuid,
    settled       jsonb not null default '{}' check (jsonb_typeof(settled) = 'object'),
    primary key (bucket, partner_id, purchase_id)
);
comment on column purchase_key.settled is
    'What returns that evaluate anew have given back so far: checkout.flows.returned_totals.Totals as JSON; else empty';
comment on column purchase_key.credit_id is 'Of a guest''s receipt that was credited to a member later: where that lies';
comment on column purchase_key.returned is 'What came back so far, in thousandths by position: {"1": 2000}';
comment on table purchase_key is 'One sale for ever. bucket: crc32 of partner and id; home_bucket: where its rows are';

create table request_key (
    bucket       smallint not null,
    partner_id   uuid not null,
    method       text not null,
    request_id   text not null,
    content_hash bytea not null,
    purchase_id  text not null default '',
    home_bucket  smallint,
    month        date,
    receipt_id   uuid,
    answer       bytea,
    created_at   timestamptz not null,
    primary key (bucket, partner_id, method, request_id),
    constraint request_key_has_one_answer check ((answer is null) = (receipt_id is not null))
);
comment on table request_key is
    'One call, with its answer: its own, or that of the receipt it made; kept for 72 hours at least, then it goes';
-- Rows come in this order: a few bytes per 128 pages find the old ones, where a tree would cost every confirm.
create index request_key_by_age on request_key using brin (created_at) with (autosummarize = on);

create table credit (
    bucket        smallint not null,
    month         date not null,
    credit_id     uuid not null,
    partner_id    uuid not null,
    purchase_id   text not null,
    receipt_id    uuid not null,
    member_id     uuid not null,
    store_code    text not null,
    terminal_code text not null,
    credited_at   timestamptz not null,
    facts         bytea not null,
    answer        bytea not null,
    household_id  uuid,
    primary key (bucket, month, credit_id)
) partition by range (month);
comment on table credit is
    'A guest''s receipt that earned for a member later: the receipt stays with its store, the credit lies with the member';

create table return_receipt (
    bucket             smallint not null,
    month              date not null,
    return_receipt_id  uuid not null,
    partner_id         uuid not null,
    return_id          text not null,
    purchase_id        text not null,
    receipt_id         uuid not null,
    member_id          uuid,
    store_code         text not null,
    terminal_code      text not null,
    returned_at        timestamptz not null,
    business_day       date not null,
    shift              text not null default '',
    receipt_number     text not null default '',
    cashier            text not null default '',
    money_minor        bigint not null check (money_minor >= 0),
    points_value_minor bigint not null check (points_value_minor >= 0),
    certificates_minor bigint not null check (certificates_minor >= 0),
    points_back_minor  bigint not null check (points_back_minor >= 0),
    answer             bytea not null,
    household_id       uuid,
    primary key (bucket, month, return_receipt_id)
) partition by range (month);
comment on table return_receipt is 'Goods of one receipt that came back, with what was given back for them; beside the receipt';

create table return_line (
    bucket             smallint not null,
    month              date not null,
    return_receipt_id  uuid not null,
    receipt_id         uuid not null,
    position           integer not null,
    quantity_milli     bigint not null check (quantity_milli >= 0),
    money_minor        bigint not null,
    points_value_minor bigint not null,
    certificates_minor bigint not null,
    primary key (bucket, month, return_receipt_id, position)
) partition by range (month);
comment on column return_line.quantity_milli is
    '0: nothing of the position came back, but what stays of it costs another sum now; that may be below 0';

create table return_without_receipt (
    bucket            smallint not null,
    month             date not null,
    return_receipt_id uuid not null,
    partner_id        uuid not null,
    return_id         text not null,
    member_id         uuid,
    store_code        text not null,
    terminal_code     text not null,
    returned_at       timestamptz not null,
    business_day      date not null,
    shift             text not null default '',
    receipt_number    text not null default '',
    cashier           text not null default '',
    reason            text not null default '',
    money_minor       bigint not null check (money_minor > 0),
    goods             jsonb not null check (jsonb_typeof(goods) = 'object'),
    answer            bytea not null,
    primary key (bucket, month, return_receipt_id)
) partition by range (month);
comment on table return_without_receipt is
    'Goods of which nobody knew the purchase: money that was paid out by a terminal''s permission, and nothing else';
comment on column return_without_receipt.bucket is 'Of the store';
comment on column return_without_receipt.member_id is 'Who brought them, if a card was shown: noted only';
comment on column return_without_receipt.goods is
    'By position: {"1": {"sku", "quantity_milli", "price_minor", "amount_minor"}}';

create table return_key (
    bucket            smallint not null,
    partner_id        uuid not null,
    return_id         text not null,
    content_hash      bytea not null,
    home_bucket       smallint not null,
    month             date not null,
    return_receipt_id uuid not null,
    primary key (bucket, partner_id, return_id)
);
comment on table return_key is 'One return for ever: what the till named it';

create index return_line_of_receipt on return_line (receipt_id);
create index receipt_of_member on receipt (bucket, member_id, confirmed_at, receipt_id) where member_id is not null;
create index return_of_member on return_receipt (bucket, member_id, returned_at, return_receipt_id)
    where member_id is not null;
create index credit_of_member on credit (bucket, member_id, credited_at, credit_id);
create index receipt_of_shift on receipt (selling_partner_id, store_code, terminal_code, business_day, shift);
create index receipt_as_sold on receipt (selling_partner_id, business_day)
    where already_paid or flags <> '{}';
create index return_of_shift on return_receipt (partner_id, store_code, terminal_code, business_day, shift);

create index return_without_receipt_of_shift
    on return_without_receipt (partner_id, store_code, terminal_code, business_day, shift);

create table reconciliation (
    bucket            smallint not null,
    reconciliation_id uuid not null,
    partner_id        uuid not null,
    store_code        text not null,
    terminal_code     text not null,
    shift             text not null,
    business_day      date not null,
    at                timestamptz not null,
    till              jsonb not null,
    service           jsonb not null,
    missing           integer not null check (missing >= 0),
    agrees            boolean not null,
    primary key (bucket, reconciliation_id)
);
comment on table reconciliation is 'A shift compared, till against service: checkout.flows.reconcile.ShiftTotals as JSON; bucket: of the store';
comment on column reconciliation.missing is 'Sales and returns that only one side knows';

create table natural_key (
    bucket         smallint not null,
    partner_id     uuid not null,
    store_code     text not null,
    terminal_code  text not null,
    shift          text not null,
    receipt_number text not null,
    business_day   date not null,
    purchase_id    text not null,
    primary key (bucket, partner_id, store_code, terminal_code, shift, receipt_number, business_day)
);
comment on table natural_key is 'Receipt numbers as tills print them: a second purchase with the same one is flagged';

create table hold (
    bucket        smallint not null,
    hold_id       uuid not null,
    partner_id    uuid not null,
    purchase_id   text not null,
    member_id     uuid,
    state         text not null check (state in ('pending', 'posted', 'voided', 'expired')),
    currency      text not null,
    points_minor  bigint not null check (points_minor >= 0),
    lots          jsonb not null,
    claims        jsonb not null,
    priced_hash   bytea not null,
    snapshot_id   text not null,
    evaluated_at  timestamptz not null,
    facts         bytea not null,
    outcome       bytea not null,
    created_at    timestamptz not null,
    expires_at    timestamptz not null,
    extensible_to timestamptz not null,
    ended_at      timestamptz,
    household_id  uuid,
    terminal_code text not null,
    primary key (bucket, hold_id),
    constraint hold_ends_once check ((state = 'pending') = (ended_at is null))
);
comment on column hold.lots is 'Which lots the points are set aside in: {lot id: amount}';
comment on column hold.terminal_code is
    'At which its price was made: rules may name tills, and another one of the store may make the sale final';
comment on column hold.claims is
    'Set aside beside points: {"limits": [...], "budgets": [...], "certificates": [...], "coupons": [...], "gifts": [...]}';
create index hold_open on hold (expires_at) where state = 'pending';

create table point_freeze (
    bucket       smallint not null,
    freeze_id    uuid not null,
    partner_id   uuid not null,
    member_id    uuid not null,
    currency     text not null,
    points_minor bigint not null check (points_minor > 0),
    lots         jsonb not null,
    frozen_at    timestamptz not null,
    restored_at  timestamptz,
    primary key (bucket, freeze_id)
);
comment on table point_freeze is 'Points that an operator has taken out of reach, until they are restored to the same lots';
comment on column point_freeze.bucket is 'crc32 of the freeze id modulo 64: who restores knows only that';
comment on column point_freeze.lots is 'Which lots the points lie in: {lot id: amount}';
create index point_freeze_of_member on point_freeze (member_id);

create table member_merge (
    bucket      smallint not null,
    merge_id    uuid not null,
    partner_id  uuid not null,
    absorbed_id uuid not null,
    survivor_id uuid not null,
    merged_at   timestamptz not null,
    unmerged_at timestamptz,
    debts       jsonb not null default '{}' check (jsonb_typeof(debts) = 'object'),
    primary key (bucket, merge_id),
    constraint member_merge_is_of_two check (absorbed_id <> survivor_id)
);
comment on table member_merge is 'Two members who are one, until they are taken apart: absorbed is another name of survivor';
comment on column member_merge.bucket is 'crc32 of the merge id modulo 64: who takes it back knows only that';
comment on column member_merge.debts is 'What the survivor was given to owe, in minor units by currency; as far as it still owes it, it goes back';
create unique index member_merge_of_absorbed on member_merge (absorbed_id) where unmerged_at is null;
create index member_merge_of_survivor on member_merge (survivor_id);

create table person (
    bucket    smallint not null,
    person_id uuid not null,
    made_at   timestamptz not null,
    primary key (bucket, person_id)
);
comment on table person is 'Somebody who is a member of several partners; of nobody else''s business, so it says nothing more';
comment on column person.bucket is 'crc32 of the person id modulo 64';

create table person_link (
    bucket      smallint not null,
    person_id   uuid not null,
    member_id   uuid not null,
    partner_id  uuid not null,
    linked_at   timestamptz not null,
    unlinked_at timestamptz,
    primary key (bucket, person_id, member_id),
    foreign key (bucket, person_id) references person
);
comment on table person_link is 'Which member of a partner a person is; ledgers and balances stay apart';
create unique index person_link_of_member on person_link (member_id) where unlinked_at is null;
create unique index person_link_of_partner on person_link (person_id, partner_id) where unlinked_at is null;

create table qr_claim (
    bucket      smallint not null,
    partner_id  uuid not null,
    token_id    uuid not null,
    purchase_id text not null,
    member_id   uuid not null,
    claimed_at  timestamptz not null,
    primary key (bucket, partner_id, token_id),
    constraint qr_claim_bucket_is_crc32 check (bucket = crc32(uuid_send(token_id)) % 64)
);
comment on table qr_claim is 'The one purchase that was held or confirmed with a QR code: another one is refused';
comment on column qr_claim.bucket is 'crc32 of the token id modulo 64';
create index qr_claim_of_purchase on qr_claim (partner_id, purchase_id);

create table bulk (
    bucket     smallint not null,
    bulk_id    uuid not null,
    partner_id uuid not null,
    code       text not null,
    file_hash  bytea not null check (octet_length(file_hash) = 32),
    file_name  text not null,
    reason     text not null check (reason <> ''),
    author     text not null check (author <> ''),
    opened_at  timestamptz not null,
    primary key (bucket, bulk_id),
    constraint bulk_code_taken unique (bucket, partner_id, code)
);
comment on table bulk is 'Corrections that were made from one file: the one row of history that they have together';
comment on column bulk.bulk_id is 'Made of the partner and the code';
comment on column bulk.file_hash is 'SHA-256';

create table correction (
    bucket          smallint not null,
    correction_id   uuid not null,
    partner_id      uuid not null,
    member_id       uuid not null,
    currency        text not null,
    amount_minor    bigint not null check (amount_minor <> 0),
    days            integer not null check (days >= 0),
    reason          text not null check (reason <> ''),
    author          text not null check (author <> ''),
    made_at         timestamptz not null,
    bulk_id         uuid,
    line            integer not null check ((line > 0) = (bulk_id is not null)),
    state           text not null check (state in ('proposed', 'booked', 'rejected', 'undone')),
    decided_at      timestamptz,
    decided_by      text not null default '',
    decision_reason text not null default '',
    month           date,
    undo_id         uuid,
    household_id    uuid,
    primary key (bucket, correction_id),
    constraint correction_is_posted_when_booked check ((state in ('booked', 'undone')) = (month is not null)),
    constraint correction_is_undone_by_a_posting check ((state = 'undone') = (undo_id is not null)),
    constraint correction_is_rejected_by_somebody check (state <> 'rejected' or decided_at is not null),
    constraint correction_is_decided_by_another
        check ((decided_at is null) = (decided_by = '') and decided_by <> author)
);
comment on table correction is
    'Points that an operator gave or took. The id is that of its posting, in the bucket of the member, or of the household';
comment on column correction.household_id is 'Whose account it moved; null: the member''s own';
create index correction_undone on correction (undo_id) where undo_id is not null;
comment on column correction.bucket is 'crc32 of the correction id modulo 64: who decides or undoes knows only that';
comment on column correction.line is 'Of the file; the id is made of bulk and line, so that no line is booked twice';
comment on column correction.decided_by is 'Who approved or rejected what was proposed; empty if nobody had to';
comment on column correction.month is 'Partition of the posting';
create unique index correction_of_bulk on correction (bulk_id, line) where bulk_id is not null;
create index correction_proposed on correction (partner_id, made_at, correction_id) where state = 'proposed';

-- ---- certificates ----------------------------------------------------------------------------------------------------

create table certificate (
    bucket         smallint not null,
    certificate_id uuid not null,
    partner_id     uuid not null,
    series_code    text not null,
    digest         bytea not null check (octet_length(digest) = 16),
    masked         text not null,
    unit           text not null check (unit ~ '^[A-Z]{3}$' or unit = 'units'),
    face           bigint not null check (face > 0),
    remaining      bigint not null default 0,
    held           bigint not null default 0,
    seq            bigint not null default 0,
    issued_at      timestamptz not null,
    activated_at   timestamptz,
    active_from    timestamptz,
    expires_at     timestamptz,
    blocked_at     timestamptz,
    sold_by        uuid,
    batch_id       uuid,
    owed           bigint not null default 0 check (owed >= 0),
    moved_to       bytea check (octet_length(moved_to) = 16),
    moved_before   bytea check (octet_length(moved_before) = 16),
    primary key (bucket, certificate_id),
    constraint certificate_code_taken unique (bucket, partner_id, digest),
    constraint certificate_bucket_is_crc32 check (bucket = crc32(digest) % 64),
    constraint certificate_remaining_within_face check (remaining between 0 and face),
    constraint certificate_held_within_remaining check (held between 0 and remaining),
    constraint certificate_is_activated_whole check ((activated_at is null) = (active_from is null)),
    constraint certificate_has_nothing_before_that check (activated_at is not null or remaining = 0)
);
comment on table certificate is
    'Prepaid money, or (a pass) prepaid units. Who has the code has it: only the digest of the code is kept';
comment on column certificate.bucket is 'crc32 of the digest modulo 64';
comment on column certificate.unit is 'The partner''s money, or units';
comment on column certificate.face is 'What activation puts on it, and what comes later of codes before it';
comment on column certificate.owed is
    'What sales without the service took that was not there, by the debt policy: it goes off what comes back';
comment on column certificate.moved_to is
    'The newest code, by its digest, that something on it was moved to: what comes back to a blocked one goes there';
comment on column certificate.moved_before is
    'The code, by its digest, that something was moved to before from where this one got it';
comment on column certificate.sold_by is 'The sale that activated it';
create index certificate_due on certificate (expires_at) where remaining > 0 and expires_at is not null;
create index certificate_of_sale on certificate (sold_by) where sold_by is not null;

create table certificate_batch (
    bucket      smallint not null,
    batch_id    uuid not null,
    partner_id  uuid not null,
    series_code text not null,
    unit        text not null,
    face        bigint not null check (face > 0),
    count       bigint not null check (count > 0),
    issued_at   timestamptz not null,
    author      text not null check (author <> ''),
    reason      text not null,
    primary key (bucket, batch_id)
);
comment on table certificate_batch is 'Certificates that were issued together, by whom and why';
comment on column certificate_batch.bucket is 'crc32 of the batch id modulo 64';

create table certificate_entry (
    bucket         smallint not null,
    month          date not null,
    certificate_id uuid not null,
    seq            bigint not null check (seq > 0),
    partner_id     uuid not null,
    against        text not null check (
        against in ('sold', 'granted', 'spent', 'expired', 'moved', 'owed', 'written_off', 'blocked', 'unblocked')
    ),
    unit           text not null,
    amount         bigint not null,
    balance_after  bigint not null check (balance_after >= 0),
    receipt_id     uuid,
    at             timestamptz not null,
    reason         text not null default '',
    author         text not null default '',
    primary key (bucket, month, certificate_id, seq),
    constraint only_blocks_move_nothing check ((amount = 0) = (against in ('blocked', 'unblocked')))
) partition by range (month);
comment on table certificate_entry is
    'One movement, both legs in a row: what the certificate gets, the account "against" gives. A block moves nothing';
comment on column certificate_entry.receipt_id is 'The sale, or the return, that it belongs to';
create index certificate_entry_of_receipt on certificate_entry (receipt_id) where receipt_id is not null;

-- ---- what people did -------------------------------------------------------------------------------------------------

create table intervention (
    bucket          smallint not null,
    intervention_id uuid not null,
    partner_id      uuid not null,
    kind            text not null check (kind in (
        'campaign_stopped', 'campaign_released', 'member_blocked', 'member_unblocked', 'card_blocked',
        'card_unblocked', 'card_bound', 'card_replaced', 'points_frozen', 'points_restored', 'account_frozen', 'account_restored',
        'program_left', 'program_joined', 'coupon_blocked', 'coupon_unblocked', 'household_created', 'household_joined',
        'household_left', 'members_merged', 'members_unmerged', 'person_linked', 'person_unlinked', 'purchase_added',
        'member_added', 'tag_given', 'tag_taken', 'attribute_set', 'attribute_forgotten', 'consent_given', 'consent_taken_back',
        'member_erased'
    )),
    campaign_code   text not null default '',
    member_id       uuid,
    identifier_kind text not null default '',
    digest          bytea,
    freeze_id       uuid,
    at              timestamptz not null,
    author          text not null check (author <> ''),
    reason          text not null default '',
    currency        text not null default '',
    program_code    text not null default '',
    household_id    uuid,
    merge_id        uuid,
    person_id       uuid,
    receipt_id      uuid,
    trait_code      text not null default '',
    primary key (bucket, intervention_id),
    constraint intervention_names_its_subject check (case
        when kind in ('campaign_stopped', 'campaign_released') then campaign_code <> '' and member_id is null
        when kind in ('card_blocked', 'card_unblocked', 'card_bound', 'card_replaced')
            then digest is not null and member_id is not null
        when kind in ('points_frozen', 'points_restored') then freeze_id is not null and member_id is not null
        when kind in ('account_frozen', 'account_restored') then currency <> '' and member_id is not null
        when kind in ('program_left', 'program_joined') then program_code <> '' and member_id is not null
        when kind in ('coupon_blocked', 'coupon_unblocked') then digest is not null and identifier_kind = 'coupon'
        when kind in ('household_joined', 'household_left') then household_id is not null and member_id is not null
        when kind in ('tag_given', 'tag_taken', 'attribute_set', 'attribute_forgotten', 'consent_given', 'consent_taken_back')
            then trait_code <> '' and member_id is not null
        when kind = 'purchase_added' then receipt_id is not null and member_id is not null
        when kind = 'household_created' then household_id is not null and member_id is null
        when kind in ('members_merged', 'members_unmerged') then merge_id is not null and member_id is not null
        when kind in ('person_linked', 'person_unlinked') then person_id is not null and member_id is not null
        else member_id is not null
    end)
);
comment on table intervention is
    'What an operator (or a till, with a card) changed beside the ledger, by whom and why; corrections are postings';
comment on column intervention.bucket is 'Of the member, of the campaign, or of a new household';
comment on column intervention.trait_code is 'The tag, attribute or channel of what was given, taken, said or forgotten; not what it said';
create index intervention_of_member on intervention (bucket, member_id, at) where member_id is not null;
create index intervention_of_campaign on intervention (bucket, campaign_code, at) where campaign_code <> '';

-- ---- what members bought, and their tiers ---------------------------------------------------------------------------

create table visit (
    bucket        smallint not null,
    member_id     uuid not null,
    receipt_id    uuid not null,
    category_code text not null default '',
    program_code  text not null,
    day           date not null,
    spend_minor   bigint not null,
    visits        smallint not null check (visits in (0, 1)),
    points_minor  bigint not null,
    primary key (bucket, member_id, receipt_id, category_code)
);
comment on table visit is
    'What a receipt counts for its member, less what came back: once of all goods, once per category that rules ask for';
comment on column visit.day is 'The business day of the receipt, also of what came back later';
comment on column visit.spend_minor is 'Money that was paid for the lines: without points and certificates, before cash rounding';
comment on column visit.visits is '0 when all of it has come back';
comment on column visit.points_minor is 'Earned in the first currency of the program: progress, which nobody spends';
create index visit_by_day on visit (bucket, member_id, day);

create table visit_pending (
    bucket         smallint not null,
    member_id      uuid not null,
    receipt_id     uuid not null,
    receipt_bucket smallint not null,
    month          date not null,
    queued_at      timestamptz not null default now(),
    primary key (bucket, member_id, receipt_id)
);
comment on table visit_pending is
    'Receipts to be counted, or counted anew: written with the sale, return or credit, gone with the count. Both hold the member''s lock';
create index visit_pending_in_order on visit_pending (queued_at);

create table member_window (
    bucket     smallint not null,
    member_id  uuid not null,
    version    bigint not null,
    counted_at timestamptz not null,
    recount_on date,
    windows    jsonb not null check (jsonb_typeof(windows) = 'object'),
    primary key (bucket, member_id)
);
comment on table member_window is 'What rules ask of what a member bought, worked out: checkout.ledger.visit_rows.MemberWindows';
comment on column member_window.version is 'Which count it is: receipts keep it with their facts';
comment on column member_window.recount_on is 'From then on the windows do not say what they are; null: they always do';
create index member_window_that_ends on member_window (recount_on) where recount_on is not null;

create table window_rule (
    partner_id uuid primary key references partner,
    asked      text[] not null
);
comment on table window_rule is
    'What the rules of a partner asked of purchases when they were last counted again: what is new is counted for the past, too';

create table tier_change (
    bucket       smallint not null,
    member_id    uuid not null,
    program_code text not null,
    seq          integer not null check (seq > 0),
    change_id    uuid not null,
    partner_id   uuid not null,
    from_tier    text not null,
    to_tier      text not null,
    cause        text not null check (cause in ('reached', 'kept', 'fell', 'taken_back', 'set', 'joined')),
    valid_from   date not null,
    valid_until  date,
    figures      jsonb not null check (jsonb_typeof(figures) = 'object'),
    snapshot_id  text not null,
    at           timestamptz not null,
    author       text not null default '',
    reason       text not null default '',
    primary key (bucket, member_id, program_code, seq),
    constraint tier_is_set_by_somebody check ((cause in ('set', 'joined')) = (author <> '' and reason <> ''))
);
comment on table tier_change is 'A member''s tiers in a program, one after the other: each judgement, and what operators set';
comment on column tier_change.figures is 'What was counted and needed: {tier, measure, category, first_day, last_day, counted, needed}';

-- ---- what others are told of ---------------------------------------------------------------------------------------

create table outbox (
    bucket     smallint not null,
    month      date not null,
    event_id   uuid not null,
    partner_id uuid not null,
    kind       text not null,
    subject_id uuid not null,
    member_id  uuid,
    at         timestamptz not null,
    body       jsonb not null,
    primary key (bucket, month, event_id)
) partition by range (month);
comment on table outbox is
    'One event per effect, written with it, and delivered to a webhook if there is one; whole months go by forget_outbox_month()';
comment on column outbox.subject_id is
    'The row that the effect left: receipt, return, posting, member, intervention; of a cancelled purchase its name';

create table outbox_pending (
    bucket    smallint not null,
    month     date not null,
    event_id  uuid not null primary key,
    queued_at timestamptz not null default now()
);
comment on table outbox_pending is 'Events that no delivery job has been made for yet; empty without a webhook';
create index outbox_pending_in_order on outbox_pending (queued_at);

create table outbox_forgotten (
    month        date not null,
    events       bigint not null,
    cancelled    bigint not null,
    forgotten_at timestamptz not null default now(),
    primary key (month, forgotten_at)
);
comment on table outbox_forgotten is 'Months of the outbox that are gone: events of what happened then are not missed';
comment on column outbox_forgotten.cancelled is 'Of the events, those of cancelled purchases: their keys have no month';

-- ---- limits and budgets --------------------------------------------------------------------------------------------------

create table shared_limit (
    bucket        smallint not null,
    owner_id      uuid not null,
    campaign_code text not null,
    limit_code    text not null,
    primary key (bucket, owner_id, campaign_code, limit_code)
);
comment on table shared_limit is
    'A limit of a store, partner or campaign: who holds the row may read and write its slots. Locked after the members';
comment on column shared_limit.owner_id is 'The store or the partner';

create table limit_slot (
    bucket        smallint not null,
    owner_id      uuid not null,
    subject_id    uuid not null,
    campaign_code text not null,
    limit_code    text not null,
    sku           text not null default '',
    slot_start    timestamp not null,
    shared        boolean not null,
    used          bigint not null default 0 check (used >= 0),
    held          bigint not null default 0 check (held >= 0),
    changed_at    timestamptz not null default now(),
    primary key (bucket, owner_id, campaign_code, limit_code, slot_start, subject_id, sku)
) with (fillfactor = 85);
comment on table limit_slot is
    'Use per slot of time, in what the limit counts. The bound lives in the snapshot, so that it may be lowered';
comment on column limit_slot.owner_id is 'Whose lock guards the row: a member, or the owner of a shared_limit';
comment on column limit_slot.subject_id is 'For whom it counts: the member, a card (by its digest), a store, the partner';
comment on column limit_slot.campaign_code is 'Empty for a limit of the program';
comment on column limit_slot.sku is 'Empty unless the limit counts each article';
comment on column limit_slot.slot_start is
    'Local date of a calendar period, 1970-01-01 for one that never ends; a moment in UTC for rolling windows and intervals';
comment on column limit_slot.changed_at is
    'When a shared one changed: workers follow it. That of others stands still, so that using them touches no index';
create index limit_slot_changed on limit_slot (changed_at) where shared;

create table limit_use (
    bucket        smallint not null,
    month         date not null,
    receipt_id    uuid not null,
    owner_id      uuid not null,
    subject_id    uuid not null,
    campaign_code text not null,
    limit_code    text not null,
    sku           text not null default '',
    slot_start    timestamp not null,
    uses          bigint not null check (uses <> 0),
    bound         bigint not null,
    overrun       bigint not null default 0,
    primary key (bucket, month, receipt_id, campaign_code, limit_code, sku)
) partition by range (month);
comment on table limit_use is
    'What a receipt took of a limit, or (negative) a return gave back; bucket: that of the owner of the slot';
comment on column limit_use.receipt_id is 'The receipt, the return or the credit';
comment on column limit_use.overrun is 'Of the uses, those beyond the bound: accepted as sold, and flagged on the receipt';
alter table limit_use add constraint limit_overrun_within_uses check (overrun between 0 and greatest(uses, 0));
create index limit_use_of_receipt on limit_use (receipt_id);

create table budget (
    bucket         smallint not null,
    partner_id     uuid not null,
    campaign_code  text not null,
    discount_used  bigint not null default 0 check (discount_used >= 0),
    discount_held  bigint not null default 0 check (discount_held >= 0),
    uses_used      bigint not null default 0 check (uses_used >= 0),
    uses_held      bigint not null default 0 check (uses_held >= 0),
    primary key (bucket, partner_id, campaign_code)
);
comment on table budget is 'One exact row per campaign with a budget, locked last';

create table budget_use (
    bucket         smallint not null,
    month          date not null,
    receipt_id     uuid not null,
    partner_id     uuid not null,
    campaign_code  text not null,
    discount_minor bigint not null,
    uses           bigint not null,
    overrun_minor  bigint not null default 0,
    overrun_uses   bigint not null default 0,
    primary key (bucket, month, receipt_id, campaign_code),
    constraint budget_use_goes_one_way check (
        (discount_minor >= 0 and uses >= 0) or (discount_minor <= 0 and uses <= 0)
    ),
    constraint budget_overrun_within_use check (
        overrun_minor between 0 and greatest(discount_minor, 0) and overrun_uses between 0 and greatest(uses, 0)
    )
) partition by range (month);
comment on table budget_use is 'What a receipt took of a budget, or (negative) a return gave back';
create index budget_use_of_receipt on budget_use (receipt_id);

-- ---- coupons and tags ------------------------------------------------------------------------------------------------

create table coupon (
    bucket        smallint not null,
    partner_id    uuid not null,
    digest        bytea not null check (octet_length(digest) = 16),
    coupon_id     uuid not null,
    series_code   text not null,
    masked        text not null,
    member_id     uuid,
    uses_max      integer not null check (uses_max > 0),
    used          integer not null default 0 check (used >= 0),
    held          integer not null default 0 check (held >= 0),
    valid_from    timestamptz not null,
    valid_until   timestamptz,
    issued_at     timestamptz not null,
    issued_by     uuid not null,
    campaign_code text not null default '',
    blocked_at    timestamptz,
    taken_back_at timestamptz,
    constraint coupon_code_taken primary key (bucket, partner_id, digest)
);
comment on table coupon is 'Unique coupons: one row per code, which is locked by every sale that carries it';
comment on column coupon.bucket is 'crc32 of the digest modulo 64';
comment on column coupon.digest is
    'HMAC of the code without regard to case: codes are not stored; those that we make follow from coupon_id and the pepper';
comment on column coupon.member_id is 'Who alone may use it; null: whoever shows the code';
comment on column coupon.issued_by is 'The coupon_issue, or (with a campaign) the receipt that issued it';
comment on column coupon.taken_back_at is 'With the sale that issued it: never valid again';
create index coupon_of_member on coupon (member_id, coupon_id) where member_id is not null;
create index coupon_of_receipt on coupon (issued_by) where campaign_code <> '';

create table coupon_use (
    bucket     smallint not null,
    month      date not null,
    receipt_id uuid not null,
    partner_id uuid not null,
    digest     bytea not null,
    coupon_id  uuid not null,
    uses       integer not null check (uses <> 0),
    overrun    integer not null default 0 check (overrun in (0, uses)),
    primary key (bucket, month, receipt_id, partner_id, digest)
) partition by range (month);
comment on table coupon_use is 'A use of a coupon by a receipt, or (negative) one that a return gave back; beside the coupon';
comment on column coupon_use.receipt_id is 'The receipt, or the return';
comment on column coupon_use.overrun is 'A use that the coupon did not have: accepted as sold, and flagged';
create index coupon_use_of_receipt on coupon_use (receipt_id);
create index coupon_use_of_coupon on coupon_use (coupon_id);

create table coupon_issue (
    bucket      smallint not null,
    issue_id    uuid not null,
    partner_id  uuid not null,
    source      text not null check (source in ('operator', 'file')),
    series_code text not null,
    coupons     integer not null check (coupons > 0),
    at          timestamptz not null,
    author      text not null check (author <> ''),
    reason      text not null default '',
    file_hash   bytea,
    primary key (bucket, issue_id)
);
comment on table coupon_issue is 'Coupons that an operator issued together; it is never changed';
comment on column coupon_issue.file_hash is 'SHA-256 of the file that they were written to, if they were issued in bulk';

create table member_tag (
    bucket    smallint not null,
    member_id uuid not null,
    tag       text not null,
    given     integer not null check (given >= 0),
    primary key (bucket, member_id, tag)
);
comment on table member_tag is 'Tags that sales gave, beside those of the traits; given: by how many sales that still stand';

create table tag_given (
    bucket     smallint not null,
    month      date not null,
    receipt_id uuid not null,
    member_id  uuid not null,
    tag        text not null,
    given      integer not null check (given in (-1, 1)),
    primary key (bucket, month, receipt_id, tag)
) partition by range (month);
comment on table tag_given is 'A tag that a receipt gave, or (-1) that a return took back';

-- ---- gifts -------------------------------------------------------------------------------------------------------------

create table gift_stock (
    bucket     smallint not null,
    partner_id uuid not null,
    gift_code  text not null,
    stock      bigint not null default 0,
    held       bigint not null default 0 check (held >= 0),
    changed_at timestamptz not null,
    primary key (bucket, partner_id, gift_code),
    constraint gift_stock_covers_what_is_held check (stock >= held)
);
comment on table gift_stock is
    'How many of a counted gift there are: one exact row, locked last. OperatorService.SetGiftStock makes and sets it, sales and operators take from it';
comment on column gift_stock.bucket is 'crc32 of partner and code modulo 64';
comment on column gift_stock.held is 'Of these, set aside by holds';

create table gift_entry (
    bucket        smallint not null,
    month         date not null,
    moved_by      uuid not null,
    partner_id    uuid not null,
    gift_code     text not null,
    campaign_code text not null default '',
    kind          text not null check (kind in ('stocked', 'given', 'taken_back')),
    count         bigint not null,
    is_counted    boolean not null,
    member_id     uuid,
    at            timestamptz not null,
    author        text not null default '',
    reason        text not null default '',
    primary key (bucket, month, moved_by, gift_code, campaign_code),
    constraint gift_entry_goes_one_way check (case kind
        when 'stocked' then is_counted and author <> ''
        when 'given' then count < 0
        when 'taken_back' then count > 0
    end)
) partition by range (month);
comment on table gift_entry is 'One movement of a gift, into its stock or out of it; beside the stock';
comment on column gift_entry.moved_by is
    'The receipt, the return, the gift_given (or, taken back, an id made of that), or the stock-taking';
comment on column gift_entry.is_counted is 'Whether the stock was moved: a gift that was not counted then has none';
create index gift_entry_of_receipt on gift_entry (moved_by) where campaign_code <> '';

create table gift_given (
    bucket            smallint not null,
    gift_given_id     uuid not null,
    partner_id        uuid not null,
    program_code      text not null,
    gift_code         text not null,
    member_id         uuid not null,
    store_code        text not null default '',
    count             bigint not null check (count > 0),
    currency          text not null,
    points_minor      bigint not null check (points_minor >= 0),
    is_counted        boolean not null,
    month             date not null,
    given_at          timestamptz not null,
    author            text not null check (author <> ''),
    reason            text not null check (reason <> ''),
    taken_back_at     timestamptz,
    taken_back_by     text not null default '',
    taken_back_reason text not null default '',
    household_id      uuid,
    primary key (bucket, gift_given_id),
    constraint gift_is_taken_back_by_somebody check ((taken_back_at is null) = (taken_back_by = ''))
);
comment on table gift_given is
    'A gift that an operator gave a member. The id is that of its posting, in the bucket of whose account it moved, if it cost points';
comment on column gift_given.household_id is 'Whose account it moved; null: the member''s own';
comment on column gift_given.bucket is 'crc32 of the id modulo 64: who takes it back knows only that';
comment on column gift_given.month is 'Partition of its posting and its movement';
create index gift_given_of_member on gift_given (member_id, given_at);

-- ---- months, and what must not change --------------------------------------------------------------------------------

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'history is immutable: % on % is refused', tg_op, tg_table_name using errcode = 'restrict_violation';
end $$;

create function create_month_partitions(from_month date, to_month date) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    parent text;
    first_day date;
    made integer := 0;
begin
    if to_month > from_month + interval '2 years' then
        raise exception 'partitions are made for two years at most' using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(7310579014);
    foreach parent in array array[
        'posting', 'entry', 'lot_movement', 'receipt', 'return_receipt', 'return_line', 'limit_use', 'budget_use',
        'credit', 'certificate_entry', 'coupon_use', 'tag_given', 'gift_entry', 'return_without_receipt', 'outbox'
    ] loop
        first_day := date_trunc('month', from_month)::date;
        while first_day <= to_month loop
            if to_regclass(format('%s_%s', parent, to_char(first_day, 'YYYYMM'))) is null then
                execute format(
                    'create table %I partition of %I for values from (%L) to (%L)',
                    format('%s_%s', parent, to_char(first_day, 'YYYYMM')), parent,
                    first_day, (first_day + interval '1 month')::date);
                -- Partitions get the triggers of their table's rows, not those of its statements.
                execute format('create trigger history_is_not_truncated before truncate on %I
                                for each statement execute function refuse_change()',
                    format('%s_%s', parent, to_char(first_day, 'YYYYMM')));
                made := made + 1;
            end if;
            first_day := (first_day + interval '1 month')::date;
        end loop;
    end loop;
    return made;
end $$;
comment on function create_month_partitions is
    'Makes the partitions that are missing; returns how many. Runs as the schema''s owner, for the service to call';
select create_month_partitions((now() - interval '1 month')::date, (now() + interval '2 months')::date);

create function forget_outbox_month(before date) returns date
language plpgsql security definer
-- Sales wait for the table while this waits for them: only so long. Days are UTC's, whatever the caller has set.
set lock_timeout = '50ms' set search_path = public, pg_temp set timezone = 'UTC' as $$
declare
    oldest record;
    told record;
begin
    -- The least that an installation can set (CHECKOUT_OUTBOX_KEPT_DAYS): the service cannot ask for less.
    if before > now()::date - 62 then
        raise exception 'the outbox keeps a month for 62 days after its end'
            using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(7310579014);
    -- One moment for all three: an event leaves outbox_pending as it becomes a job, and the queue when it is delivered.
    select into oldest
        months.name, months.month
    from (
        select c.relname as name, to_date(right(c.relname, 6), 'YYYYMM') as month
        from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'outbox'::regclass
    ) months
    where months.month + interval '1 month' <= before
        and months.month < coalesce((select min(month) from outbox_pending), 'infinity')
        and months.month < coalesce((
            select date_trunc('month', min((convert_from(payload, 'UTF8')::json ->> 'at')::timestamptz) at time zone 'UTC')
            from pgqueuer where entrypoint = 'deliver_event'
        ), 'infinity')
    order by months.month limit 1;
    if oldest.name is null then
        return null;
    end if;
    execute format('select count(*) as events, count(*) filter (where kind = ''sale_cancelled'') as cancelled from %I', oldest.name)
        into told;
    execute format('alter table outbox detach partition %I', oldest.name);
    execute format('drop table %I', oldest.name);
    insert into outbox_forgotten (month, events, cancelled) values (oldest.month, told.events, told.cancelled);
    return oldest.month;
end $$;
comment on function forget_outbox_month is
    'Drops the oldest month of the outbox, if it ended before a day, 62 days ago or more, and it and all before it are delivered; which, or null. Runs as the schema''s owner';

do $$
declare
    name text;
begin
    foreach name in array array[
        'posting', 'entry', 'lot_movement', 'receipt', 'return_receipt', 'return_line', 'limit_use', 'budget_use',
        'credit', 'certificate_entry', 'certificate_batch', 'intervention', 'reconciliation', 'bulk', 'qr_claim',
        'coupon_use', 'coupon_issue', 'card_issue', 'tag_given', 'gift_entry', 'return_without_receipt', 'outbox', 'tier_change',
        'outbox_forgotten'
    ] loop
        execute format('create trigger history_is_immutable before update or delete on %I
                        for each row execute function refuse_change()', name);
        execute format('create trigger history_is_not_truncated before truncate on %I
                        for each statement execute function refuse_change()', name);
    end loop;
end $$;

-- ---- roles -------------------------------------------------------------------------------------------------------------

do $$
declare
    name text;
begin
    foreach name in array array['checkout_app', 'checkout_verifier'] loop
        if not exists (select from pg_roles where rolname = name) then
            begin
                execute format('create role %I login', name);
                execute format('comment on role %I is %L', name, case name
                    when 'checkout_app' then 'The service: reads rules, writes sales; no DDL, no change of history'
                    else 'The verifier: reads' end);
            exception when duplicate_object or unique_violation then
                null;  -- another database of the cluster was migrated at the same moment
            end;
        end if;
    end loop;
end $$;
grant usage on schema public to checkout_app, checkout_verifier;
grant select on all tables in schema public to checkout_app, checkout_verifier;
grant insert, update on
    member, member_profile, identifier, participation, account, lot, purchase_key, request_key, return_key, natural_key, hold,
    limit_slot, shared_limit, budget, campaign_stop, point_freeze, correction, certificate, coupon, member_tag,
    gift_stock, gift_given, member_merge, person_link
    to checkout_app;
grant insert on
    posting, entry, lot_movement, receipt, return_receipt, return_line, limit_use, budget_use, snapshot_part, snapshot,
    publication, intervention, bulk, qr_claim, credit, certificate_entry, certificate_batch, reconciliation, coupon_use,
    coupon_issue, card_issue, tag_given, gift_entry, return_without_receipt, outbox, tier_change, person to checkout_app;
grant insert, update on visit, member_window, window_rule to checkout_app;
grant insert, update, delete on published_rules, published_campaign to checkout_app;
grant insert, delete on visit_pending to checkout_app;
grant insert, delete, update on outbox_pending to checkout_app;
grant insert, delete, update on invalidation to checkout_app;
grant delete on request_key to checkout_app;
-- For whom a person is erased: what leads to them.
grant delete on identifier, member_list_entry to checkout_app;
revoke execute on function forget_outbox_month from public;
grant execute on function forget_outbox_month to checkout_app;
revoke execute on function create_month_partitions from public;
grant execute on function create_month_partitions to checkout_app;
