-- What the pages for managers read of sales and of the ledger: views, each of the one partner that the transaction names.
-- The tables themselves stay closed to `checkout_admin`: it can neither write a row of them, nor read one of another partner.
-- Policies on these tables would stand in the way of every sale; a view costs only whoever reads it. Conditions that may tell
-- what they see do not reach below a `security_barrier`; equality of ids and codes and bounds of times do, so indexes are used. An
-- order does not: what lists page through has no barrier.

create function admin_buckets() returns smallint[] language sql immutable parallel safe
as $$ select array_agg(n::smallint) from generate_series(0, 63) n $$;
comment on function admin_buckets is 'All of them: a receipt that is known by its id is looked for in each, by its key';

create view admin_receipt with (security_barrier) as
select
    bucket, month, receipt_id, program_code, store_code, terminal_code, member_id, purchase_id, mode, snapshot_id, semantics,
    evaluated_at, confirmed_at, business_day, shift, receipt_number, cashier, currency, amount_minor, external_discount_minor,
    manual_discount_minor, discount_minor, points_value_minor, certificates_minor, rounding_minor, payable_minor,
    points_earned_minor, spent_currency, points_spent_minor, already_paid, flags, household_id,
    convert_from(content, 'UTF8')::jsonb as content, convert_from(answer, 'UTF8')::jsonb as answer,
    already_paid or flags <> '{}' as is_as_sold
from receipt
where selling_partner_id = (select admin_partner());
comment on view admin_receipt is 'Sales. Neither content nor answer names a person: an identifier is masked in them';
comment on column admin_receipt.is_as_sold is
    'Whether the index of such sales has it: a condition that compares documents would not reach below the barrier';

create view admin_return with (security_barrier) as
select
    bucket, month, return_receipt_id, return_id, purchase_id, receipt_id, member_id, store_code, terminal_code, returned_at,
    business_day, shift, receipt_number, cashier, money_minor, points_value_minor, certificates_minor, points_back_minor
from return_receipt
where partner_id = admin_partner();

create view admin_return_line with (security_barrier) as
select l.receipt_id as sale_id, l.return_receipt_id, l.position, l.quantity_milli
from return_line l
join return_receipt r on r.bucket = l.bucket and r.month = l.month and r.return_receipt_id = l.return_receipt_id
where r.partner_id = admin_partner();

create view admin_purchase with (security_barrier) as
select bucket, purchase_id, state, home_bucket, month, receipt_id
from purchase_key
where partner_id = admin_partner();
comment on view admin_purchase is 'Where the receipt of a purchase lies';

create view admin_movement with (security_barrier) as
select
    e.bucket, e.month, e.member_id, e.currency, e.seq, e.amount, e.balance_after, e.posting_id, p.at, p.kind, p.reason, p.author,
    p.receipt_id, c.state as correction_state, c.decided_by,
    case when p.kind = 'sale' then p.receipt_id when p.kind = 'return' then back.receipt_id end as sale_id,
    coalesce(r.purchase_id, back.purchase_id, later.purchase_id, '') as purchase_id
from entry e
join posting p on p.bucket = e.bucket and p.month = e.month and p.posting_id = e.posting_id
left join correction c
    on p.kind = 'adjustment' and c.bucket = crc32(uuid_send(p.posting_id)) % 64 and c.correction_id = p.posting_id
left join receipt r
    on p.kind = 'sale' and r.bucket = e.bucket and r.month = e.month and r.receipt_id = p.receipt_id
left join return_receipt back
    on p.kind = 'return' and back.bucket = e.bucket and back.month = e.month and back.return_receipt_id = p.receipt_id
left join credit later
    on p.kind = 'credit' and later.bucket = e.bucket and later.month = e.month and later.credit_id = p.receipt_id
where e.role = 'member' and p.partner_id = admin_partner();
comment on view admin_movement is 'Entries of members'' accounts, with what moved them';

create view admin_leg with (security_barrier) as
select p.at, p.kind, e.bucket, e.month, e.role, e.currency, e.amount
from entry e
join posting p on p.bucket = e.bucket and p.month = e.month and p.posting_id = e.posting_id
where p.partner_id = (select admin_partner());
comment on view admin_leg is 'Entries of all accounts: for sums over many members';

create view admin_lot with (security_barrier) as
select
    l.bucket, l.member_id, l.currency, l.lot_id, l.origin, l.issued, l.remaining, l.held, l.frozen, l.expired, l.active_from,
    l.expires_at, l.is_open, l.moved_from
from lot l
join member m on m.bucket = l.bucket and m.member_id = l.member_id
where m.partner_id = admin_partner();

create view admin_freeze with (security_barrier) as
select freeze_id, member_id, currency, points_minor, frozen_at, restored_at
from point_freeze
where partner_id = admin_partner();

create view admin_correction with (security_barrier) as
select
    correction_id, member_id, currency, amount_minor, days, reason, author, made_at, bulk_id, line, state, decided_at,
    decided_by, decision_reason
from correction
where partner_id = admin_partner();

create view admin_bulk with (security_barrier) as
select bulk_id, code, file_hash, file_name, reason, author, opened_at
from bulk
where partner_id = admin_partner();

create view admin_gift_stock with (security_barrier) as
select bucket, gift_code, stock, held, changed_at
from gift_stock
where partner_id = admin_partner();

create view admin_gift_entry with (security_barrier) as
select bucket, month, moved_by, gift_code, campaign_code, kind, count, is_counted, member_id, at, author, reason
from gift_entry
where partner_id = admin_partner();

create view admin_sold_without with (security_barrier) as
select
    r.bucket, r.month, r.receipt_id, r.purchase_id, r.receipt_number, r.store_code, r.terminal_code, r.member_id, r.business_day,
    r.confirmed_at, r.mode, r.payable_minor, coalesce(taken.given_away_minor, 0)::bigint as given_away_minor,
    coalesce(card.masked, '') as card,
    case when r.flags <> '{}' then convert_from(r.answer, 'UTF8')::jsonb #> '{answer,flags}' else '[]' end as overruns
from receipt r
cross join lateral (
    select
        sum(u.uses) filter (where u.limit_code = 'allowance:terminal') as given_away_minor,
        (array_agg(u.subject_id) filter (where u.limit_code = 'allowance:card'))[1] as card_id
    from limit_use u
    where u.receipt_id = r.receipt_id and u.month = r.month
        and u.limit_code in ('allowance:terminal', 'allowance:card') and u.uses > 0
) taken
left join identifier card
    on card.bucket = crc32(uuid_send(taken.card_id)) % 64 and card.partner_id = r.selling_partner_id and card.kind = 'card'
    and card.digest = uuid_send(taken.card_id)
where r.selling_partner_id = admin_partner() and (r.already_paid or r.flags <> '{}') and r.mode <> 'manual';
comment on view admin_sold_without is
    'Receipts of which a till gave something away by itself, or something did not fit: those that ListOverruns adds up';

create view admin_reconciliation with (security_barrier) as
select
    bucket, reconciliation_id, store_code, terminal_code, shift, business_day, at, till, service, missing, agrees
from reconciliation
where partner_id = admin_partner();

create view admin_return_without_receipt with (security_barrier) as
select
    bucket, month, return_receipt_id, return_id, member_id, store_code, terminal_code, returned_at, business_day, shift,
    receipt_number, cashier, reason, money_minor, goods
from return_without_receipt
where partner_id = admin_partner();

create view admin_intervention with (security_barrier) as
select
    bucket, intervention_id, kind, campaign_code, member_id, identifier_kind, at, author, reason, currency, program_code,
    trait_code, household_id, merge_id
from intervention
where partner_id = admin_partner();

create view admin_certificate as
select
    bucket, certificate_id, partner_id, series_code, masked, unit, face, remaining, held, issued_at, activated_at, active_from,
    expires_at, blocked_at, batch_id, sold_by, owed,
    case when unit = 'units' then 0 else (select currency_exponent from partner where partner_id = admin_partner()) end as exponent
from certificate
where partner_id = admin_partner();
comment on view admin_certificate is
    'Certificates, without what stands for their codes. No security_barrier: behind one the planner sorts all of a million for a page of them';

create view admin_coupon as
select
    bucket, digest as code_id, coupon_id, partner_id, series_code, masked, member_id, uses_max, used, held, valid_from, valid_until,
    issued_at, campaign_code, blocked_at, taken_back_at
from coupon
where partner_id = admin_partner();
comment on view admin_coupon is
    'Unique coupons; the digest, from which nobody without the pepper comes to a code, names them. No security_barrier, as for certificates';
-- For lists, the latest first: of columns that are written once, when a code is issued, so that using one touches no index more.
create index certificate_by_age on certificate (partner_id, issued_at, certificate_id);
create index coupon_by_age on coupon (partner_id, issued_at, digest);
-- The same of one series, and of blocked ones; and those that end in the characters that are shown of a code, read from behind.
create index certificate_of_series on certificate (partner_id, series_code, issued_at, certificate_id);
create index coupon_of_series on coupon (partner_id, series_code, issued_at, digest);
create index certificate_blocked on certificate (partner_id, issued_at, certificate_id) where blocked_at is not null;
create index coupon_blocked on coupon (partner_id, issued_at, digest) where blocked_at is not null;
-- By when they end, of all and of one series: many that were issued together end together, and would have to be walked past. A certificate's
-- end is written when it is activated; spending one touches each of its indexes anyway, as that of what is due has what remains.
create index certificate_by_end on certificate (partner_id, expires_at, certificate_id);
create index coupon_by_end on coupon (partner_id, valid_until, digest);
create index certificate_of_series_by_end on certificate (partner_id, series_code, expires_at, certificate_id);
create index coupon_of_series_by_end on coupon (partner_id, series_code, valid_until, digest);
create index certificate_shown on certificate (partner_id, reverse(masked) text_pattern_ops);
create index coupon_shown on coupon (partner_id, reverse(masked) text_pattern_ops);

create view admin_coupon_origin with (security_barrier) as
select
    c.bucket, c.digest as code_id, coalesce(i.author, '') as author, coalesce(i.reason, '') as reason,
    coalesce(r.purchase_id, '') as purchase_id
from coupon c
left join coupon_issue i
    on c.campaign_code = '' and i.bucket = crc32(uuid_send(c.issued_by)) % 64 and i.issue_id = c.issued_by
left join receipt r
    on c.campaign_code <> '' and r.bucket = any(admin_buckets()) and r.receipt_id = c.issued_by
    and r.month = date_trunc('month', c.issued_at at time zone 'UTC')::date
where c.partner_id = admin_partner();
comment on view admin_coupon_origin is 'Who issued a coupon, or which sale';

create view admin_coupon_use with (security_barrier) as
select
    u.bucket, u.month, u.receipt_id, u.coupon_id, u.uses, u.overrun, coalesce(r.confirmed_at, back.returned_at) as at,
    coalesce(r.store_code, back.store_code, '') as store_code, coalesce(r.purchase_id, back.purchase_id, '') as purchase_id,
    coalesce(r.member_id, back.member_id) as member_id
from coupon_use u
left join receipt r on r.bucket = any(admin_buckets()) and r.month = u.month and r.receipt_id = u.receipt_id
left join return_receipt back
    on back.bucket = any(admin_buckets()) and back.month = u.month and back.return_receipt_id = u.receipt_id
where u.partner_id = admin_partner();
comment on view admin_coupon_use is 'What sales used of coupons, and returns gave back, with the purchase';

create view admin_certificate_entry with (security_barrier) as
select
    e.bucket, e.month, e.certificate_id, e.seq, e.against, e.amount, e.balance_after, e.at, e.reason, e.author,
    coalesce(r.purchase_id, back.purchase_id, '') as purchase_id, coalesce(r.store_code, back.store_code, '') as store_code,
    back.return_id is not null as is_return
from certificate_entry e
left join receipt r on r.bucket = any(admin_buckets()) and r.month = e.month and r.receipt_id = e.receipt_id
left join return_receipt back
    on back.bucket = any(admin_buckets()) and back.month = e.month and back.return_receipt_id = e.receipt_id
where e.partner_id = admin_partner();
comment on view admin_certificate_entry is 'What moved a certificate, with the purchase that did';

create view admin_certificate_leg with (security_barrier) as
select bucket, month, certificate_id, against, amount
from certificate_entry
where partner_id = admin_partner();
comment on view admin_certificate_leg is 'What moved certificates, and nothing beside: for sums over many of them';

create view admin_certificate_series with (security_barrier) as
select distinct on (p.partner_id, series ->> 'code')
    p.partner_id, series ->> 'code' as code, series ->> 'name' as name, coalesce(series ->> 'kind', 'money') as kind,
    case when series ->> 'kind' = 'pass' then 'units' else holder.currency_code end as unit,
    case when series ->> 'kind' = 'pass' then 0 else holder.currency_exponent end as exponent,
    (series ->> 'face')::bigint as face, coalesce((series ->> 'once')::boolean, false) as once,
    array_agg(p.code) over (
        partition by p.partner_id, series ->> 'code' order by p.code rows between unbounded preceding and unbounded following
    ) as programs
from program p
join partner holder on holder.partner_id = p.partner_id
cross join lateral jsonb_path_query(p.document, '$.certificates[*]') series
where p.partner_id = admin_partner() and series ? 'code'
order by p.partner_id, series ->> 'code', p.code;
comment on view admin_certificate_series is
    'Series of certificates that programs take, as the first of them has each, and which programs do';

create view admin_member_tag with (security_barrier) as
select t.bucket, t.member_id, t.tag, t.given
from member_tag t
join member m on m.bucket = t.bucket and m.member_id = t.member_id
where m.partner_id = admin_partner() and t.given > 0;

create view admin_member_list with (security_barrier) as
select e.bucket, e.member_id, e.list_code
from member_list_entry e
join member m on m.bucket = e.bucket and m.member_id = e.member_id
where m.partner_id = admin_partner();

create view admin_budget with (security_barrier) as
select campaign_code, discount_used, discount_held, uses_used, uses_held
from budget
where partner_id = admin_partner();

create view admin_limit_slot with (security_barrier) as
select
    s.bucket, s.owner_id, s.subject_id, s.campaign_code, s.limit_code, s.sku, s.slot_start, false as shared, s.used, s.held
from limit_slot s
join member m on m.bucket = s.bucket and m.member_id = s.owner_id
where not s.shared and m.partner_id = admin_partner()
union all
select bucket, owner_id, subject_id, campaign_code, limit_code, sku, slot_start, true as shared, used, held
from limit_slot
where shared and owner_id = admin_partner()
union all
select
    s.bucket, s.owner_id, s.subject_id, s.campaign_code, s.limit_code, s.sku, s.slot_start, true as shared, s.used, s.held
from limit_slot s
join store t on t.store_id = s.owner_id
where s.shared and t.partner_id = admin_partner();
comment on view admin_limit_slot is 'What is used of limits of the partner''s members and households, of its stores, and of its own';

create function admin_used_of_limits(
    owners uuid[], owner_zones text[], campaigns text[], limits text[], zones text[], firsts timestamp[], lasts timestamp[]
) returns table (
    campaign_code text, limit_code text, subject_id uuid, sku text, used bigint, first_slot timestamp, last_slot timestamp
)
language sql stable security definer set search_path = public, pg_temp as $$
    select a.campaign_code, a.limit_code, s.subject_id, s.sku, s.used, s.first_slot, s.last_slot
    from (
        select named.owner_id, named.zone, crc32(uuid_send(named.owner_id)) % 64 as bucket
        from unnest(owners, owner_zones) as named (owner_id, zone)
    ) o
    join unnest(campaigns, limits, zones, firsts, lasts) as a (campaign_code, limit_code, zone, first_slot, last_slot)
        on a.zone = o.zone
    -- Summed up as they are read: sorting the slots of all owners by what they count for would take longer than reading them.
    cross join lateral (
        select
            l.subject_id, l.sku, sum(l.used + l.held)::bigint as used, min(l.slot_start) as first_slot, max(l.slot_start) as last_slot
        from limit_slot l
        where l.bucket = o.bucket and l.owner_id = o.owner_id and l.campaign_code = a.campaign_code
            and l.limit_code = a.limit_code and l.slot_start between a.first_slot and a.last_slot
            and l.used + l.held > 0
        group by l.subject_id, l.sku
    ) s
    -- Asked of each owner once, not of each slot.
    where admin_partner() in (
        o.owner_id,
        (select t.partner_id from store t where t.store_id = o.owner_id),
        (select m.partner_id from member m where m.bucket = o.bucket and m.member_id = o.owner_id)
    )
$$;
comment on function admin_used_of_limits is
    'What is used and held of limits, in slots from one to another, each limit''s for owners of its zone: the partner, its stores, members'
    ' and households. Reads the slots that are summed up and no others; a view would ask of each slot whose it is';
revoke execute on function admin_used_of_limits from public;
grant execute on function admin_used_of_limits to checkout_admin;

create view admin_stop with (security_barrier) as
select campaign_code, is_stopped, changed_at
from campaign_stop
where partner_id = admin_partner();

create view admin_qr_claim with (security_barrier) as
select purchase_id, crc32(uuid_send(partner_id) || convert_to(purchase_id, 'UTF8')) % 64 as purchase_bucket, claimed_at
from qr_claim
where partner_id = admin_partner();
comment on view admin_qr_claim is 'Purchases that were held or confirmed with a QR code; whose it was stays with the purchase';

grant select on
    admin_receipt, admin_return, admin_return_line, admin_purchase, admin_movement, admin_leg, admin_lot, admin_freeze, admin_correction,
    admin_intervention, admin_certificate, admin_certificate_entry, admin_certificate_leg, admin_certificate_series, admin_coupon, admin_coupon_origin, admin_coupon_use,
    admin_member_tag, admin_member_list,
    admin_budget, admin_limit_slot, admin_stop, admin_qr_claim, admin_bulk, admin_gift_stock, admin_gift_entry, admin_sold_without,
    admin_reconciliation, admin_return_without_receipt
    to checkout_admin;
-- A day's, and a few a shift at most: what is written so seldom may keep an index for its list.
create index reconciliation_of_day on reconciliation (partner_id, business_day);
create index return_without_receipt_of_day on return_without_receipt (partner_id, business_day);
-- A few bytes per 128 pages: what was sold since a moment, without an index that every sale would have to keep.
create index receipt_by_time on receipt using brin (confirmed_at);
create index qr_claim_by_time on qr_claim using brin (claimed_at);

-- ---- what pages change of members ------------------------------------------------------------------------------------

grant update (first_name, last_name, patronymic, email, gender, birth_date, social_links) on member_profile to checkout_admin;
create function admin_lock_member(of_bucket integer, of_member uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    -- Before anything of theirs, as sales and operators do: the trigger of the profile moves both versions.
    perform from member m
    where m.partner_id = admin_partner() and (m.bucket, m.member_id) in (
        select of_bucket, of_member
        union all
        select crc32(uuid_send(merged_into)) % 64, merged_into from member
        where bucket = of_bucket and member_id = of_member and merged_into is not null
    )
    order by m.bucket, m.member_id
    for update;
end $$;
comment on function admin_lock_member is 'Locks a member whose profile is changed next, and the one that it is another name of';
revoke execute on function admin_lock_member from public;
grant execute on function admin_lock_member to checkout_admin;
create trigger admin_changed after update on member_profile for each row
    when (current_user = 'checkout_admin')
    execute function admin_changed('member_id', 'first_name,last_name,patronymic,email,gender,birth_date,social_links,phone,external_id,traits');
-- Its other trigger bumps the version of the member and queues what is to be dropped from caches, which the role itself may not.
alter function member_changed security definer set search_path = public, pg_temp;

create table member_history_key (
    bucket    smallint not null,
    member_id uuid not null,
    key_id    uuid not null,
    wrapped   bytea not null check (octet_length(wrapped) = 61),
    sealed_to bytea not null check (octet_length(sealed_to) = 32),
    primary key (bucket, member_id)
);
comment on table member_history_key is
    'What opens the values of a profile in admin_history: erasing a person deletes the row, and the chain stays as it is';
comment on column member_history_key.key_id is 'Sealed values name it: a member that was erased may get another key';
comment on column member_history_key.wrapped is
    '256 random bits, sealed with AES-GCM under a key of CHECKOUT_ADMIN_SEALING_KEYS, whose id is the first byte';
comment on column member_history_key.sealed_to is
    'Its public half (X25519): what the service closes values up with, and cannot open them';
alter table member_history_key enable row level security;
create policy one_partner on member_history_key to checkout_admin using (
    exists (select from member m where m.bucket = member_history_key.bucket and m.member_id = member_history_key.member_id));
grant select, insert on member_history_key to checkout_admin;
-- Where it lies, for whoever verifies that; not the key. The service closes values up with its public half.
grant select (bucket, member_id) on member_history_key to checkout_verifier;
grant select (bucket, member_id, key_id, sealed_to) on member_history_key to checkout_app;
-- Destroys it, as it erases the person.
grant delete on member_history_key to checkout_app;
create policy everything on member_history_key to checkout_app, checkout_verifier using (true);

-- ---- jobs ------------------------------------------------------------------------------------------------------------

create table admin_job (
    job_id     uuid primary key default uuidv7(),
    partner_id uuid not null references partner,
    kind       text not null check (
        kind in ('certificates', 'coupons', 'cards', 'trials', 'corrections', 'undoings', 'approvals', 'rejections')
    ),
    series     text not null,
    settings   jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
    total      integer not null constraint admin_job_is_no_larger check (total between 1 and 1000000),
    done       integer not null default 0,
    state      text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed')),
    failure    text not null default '',
    author     text not null check (author <> ''),
    reason     text not null check (reason <> ''),
    made_at    timestamptz not null default now(),
    taken_at   timestamptz,
    ended_at   timestamptz,
    constraint admin_job_does_no_more_than_asked check (done between 0 and total),
    constraint admin_job_ends_once check ((ended_at is null) = (state in ('waiting', 'running')))
);
comment on table admin_job is
    'What the pages have the service do in many calls, each under a request key made of the job and its number';
comment on column admin_job.taken_at is 'When whoever runs it last said so: else another process takes it';
create index admin_job_to_do on admin_job (made_at) where state in ('waiting', 'running');
create index admin_job_of_partner on admin_job (partner_id, made_at, job_id);

create function admin_take_job(patience interval) returns table (
    taken_id uuid, partner text, job_kind text, job_series text, job_settings jsonb, job_total integer, job_done integer,
    job_author text, job_reason text, job_made_at timestamptz, job_taken_at timestamptz
) language sql security definer set search_path = public, pg_temp as $$
    update admin_job j set state = 'running', taken_at = clock_timestamp()
    from partner p
    -- By itself, so that it is looked for once: a join may look for one per row of the other side, and take each.
    where p.partner_id = j.partner_id and j.job_id = (
        select job_id from admin_job
        where state = 'waiting' or state = 'running' and taken_at < clock_timestamp() - patience
        order by made_at
        limit 1
        for update skip locked
    )
    returning
        j.job_id, p.code, j.kind, j.series, j.settings, j.total, j.done, j.author, j.reason, j.made_at, j.taken_at
$$;
comment on function admin_take_job is 'A job that nobody runs, of any partner';

create function admin_note_job(
    noted_id uuid, noted_taken_at timestamptz, now_done integer, now_state text, why text
) returns timestamptz language sql security definer set search_path = public, pg_temp as $$
    update admin_job
    set done = now_done, state = now_state, failure = why, taken_at = clock_timestamp(),
        ended_at = case when now_state in ('done', 'failed') then clock_timestamp() end
    where job_id = noted_id and state = 'running' and taken_at = noted_taken_at
    returning taken_at
$$;
comment on function admin_note_job is 'How far whoever took the job is; null, and nothing noted: another process has taken it since';
revoke execute on function admin_take_job, admin_note_job from public;
grant execute on function admin_take_job, admin_note_job to checkout_admin;
grant select, insert (job_id, partner_id, kind, series, settings, total, author, reason) on admin_job to checkout_admin;
alter table admin_job enable row level security;
create policy one_partner on admin_job to checkout_admin using (partner_id = (select admin_partner()));
create trigger admin_changed after insert on admin_job for each row
    when (current_user = 'checkout_admin') execute function admin_changed('job_id', '');

create table admin_job_row (
    job_id uuid not null references admin_job,
    number integer not null check (number > 0),
    asked  jsonb not null check (jsonb_typeof(asked) = 'object'),
    told   jsonb check (jsonb_typeof(told) = 'object'),
    primary key (job_id, number)
);
comment on table admin_job_row is
    'What a job does row by row, in the order of numbers, with what came of each: corrections of a file or of a list of members. No name, card or phone';
comment on column admin_job_row.told is
    'Null: not done yet. Rows of a file that cannot be done are told at once, and have the numbers behind those of the job';

create function admin_put_job_rows(put_id uuid, put_asked jsonb, put_told jsonb) returns void
language sql security definer set search_path = public, pg_temp as $$
    insert into admin_job_row (job_id, number, asked, told)
    select j.job_id, r.number, r.asked, nullif(r.told, 'null')
    from admin_job j
    -- Side by side, not as a join: the planner takes lists for short ones, and compares each row with each.
    cross join rows from (
        jsonb_array_elements(put_asked), jsonb_array_elements(put_told)
    ) with ordinality as r (asked, told, number)
    where j.job_id = put_id and j.partner_id = admin_partner() and j.state = 'waiting'
$$;
comment on function admin_put_job_rows is 'The rows of a job that was just made: two lists of one length';

-- It runs as who asks: only then the history tells of the job, and policies say whose it may be.
create function admin_put_job_of_rows(
    put_id uuid, put_kind text, put_series text, put_settings jsonb, put_author text, put_reason text, put_asked jsonb, put_told jsonb,
    most integer
) returns integer language plpgsql set search_path = public, pg_temp as $$
declare
    waiting integer := (select count(*) from jsonb_array_elements(put_told) as t (told) where t.told = 'null');
begin
    if waiting = 0 or jsonb_array_length(put_asked) > most then
        return case when waiting = 0 then 0 else jsonb_array_length(put_asked) end;
    end if;
    insert into admin_job (job_id, partner_id, kind, series, settings, total, author, reason)
    select
        put_id, admin_partner(), put_kind, put_series,
        jsonb_build_object('file_sha256', encode(sha256(convert_to(put_asked::text, 'UTF8')), 'hex')) || put_settings
            || jsonb_build_object('refused', jsonb_array_length(put_asked) - waiting, 'sums', sums.by_currency),
        waiting, put_author, put_reason
    from (
        select coalesce(jsonb_object_agg(currency, points), '{}') as by_currency
        from (
            select r.asked ->> 'currency' as currency, sum((r.asked ->> 'points')::numeric)::text as points
            from rows from (jsonb_array_elements(put_asked), jsonb_array_elements(put_told)) as r (asked, told)
            where r.told = 'null' and r.asked ? 'currency'
            group by 1
        ) summed
    ) sums
    on conflict (job_id) do nothing;
    if found then
        perform admin_put_job_rows(put_id, put_asked, put_told);
    end if;
    return waiting;
end $$;
comment on function admin_put_job_of_rows is
    'A job whose rows a query finds, two lists of one length: how many it is to do; nothing is put if there are none, or more than so many rows';

create function admin_job_rows_behind(read_id uuid, behind integer, most integer)
returns table (row_number integer, row_asked jsonb)
language sql stable security definer set search_path = public, pg_temp as $$
    select number, asked from admin_job_row
    where job_id = read_id and number > behind and told is null
    order by number
    limit most
$$;
comment on function admin_job_rows_behind is 'What whoever runs the job does next';

create function admin_tell_job_rows(told_id uuid, numbers integer[], what jsonb) returns void
language sql security definer set search_path = public, pg_temp as $$
    update admin_job_row r set told = t.told
    from unnest(numbers) with ordinality as n (number, place)
    join jsonb_array_elements(what) with ordinality as t (told, place) using (place)
    where r.job_id = told_id and r.number = n.number
$$;
comment on function admin_tell_job_rows is 'What came of some rows: the same again, if a call was repeated';
revoke execute on function admin_put_job_rows, admin_put_job_of_rows, admin_job_rows_behind, admin_tell_job_rows from public;
grant execute on function admin_put_job_rows, admin_put_job_of_rows, admin_job_rows_behind, admin_tell_job_rows to checkout_admin;
create view admin_row_of_job with (security_barrier) as
select r.job_id, r.number, r.asked, r.told
from admin_job_row r
join admin_job j using (job_id)
where j.partner_id = admin_partner();
grant select on admin_row_of_job to checkout_admin;

-- ---- events that were put aside ------------------------------------------------------------------------------------------

create view admin_event_put_aside with (security_barrier) as
select
    j.id as job_id, (event.said ->> 'event_id')::uuid as event_id, event.said ->> 'kind' as kind,
    (event.said ->> 'at')::timestamptz as at, j.updated as put_aside_at, coalesce(last.fault, '') as fault
from pgqueuer j
cross join lateral (select convert_from(j.payload, 'UTF8')::jsonb as said) event
left join lateral (
    select l.traceback ->> 'exception_message' as fault
    from pgqueuer_log l
    where l.job_id = j.id and l.status = 'failed'
    order by l.id desc
    limit 1
) last on true
where j.status = 'failed' and j.entrypoint = 'deliver_event'
    and event.said ->> 'partner' = (select code from partner where partner_id = admin_partner());
comment on view admin_event_put_aside is 'Deliveries that the queue gave up, without what the events say; with what came of the last attempt';
grant select on admin_event_put_aside to checkout_admin;

create function admin_retry_events(asked bigint[]) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    again record;
    events integer := 0;
begin
    for again in
        with found as (select job_id, event_id, kind from admin_event_put_aside where job_id = any(asked)),
        queued as (
            -- As the queue's library does it.
            update pgqueuer j
            set status = 'queued', execute_after = now(), updated = now(), attempts = 0, queue_manager_id = null
            from found
            where j.id = found.job_id and j.status = 'failed'
            returning j.id, j.entrypoint, j.priority, found.event_id, found.kind
        ),
        logged as (
            insert into pgqueuer_log (job_id, status, entrypoint, priority)
            select id, 'queued', entrypoint, priority from queued
        )
        select event_id, kind from queued order by event_id
    loop
        perform admin_note(
            admin_partner(), 'event', again.event_id::text, 'retried', null, jsonb_build_object('kind', again.kind));
        events := events + 1;
    end loop;
    return events;
end $$;
comment on function admin_retry_events is 'Jobs of the partner that were put aside are queued again; how many. Each leaves a row of history';
revoke execute on function admin_retry_events from public;
grant execute on function admin_retry_events to checkout_admin;

-- ---- what the verifier found last ----------------------------------------------------------------------------------------

create table verified_check (
    name         text primary key,
    place        integer not null,
    sentence     text not null,
    rows_checked bigint not null check (rows_checked >= 0),
    violations   bigint not null check (violations >= 0),
    keys         text[] not null default '{}',
    elapsed_ms   bigint not null check (elapsed_ms >= 0),
    verified_at  timestamptz not null
);
comment on table verified_check is
    'The last whole run of the verifier, check by check, in its order: the one table that its role writes. Over all partners';
comment on column verified_check.keys is 'The first rows that are wrong; of whichever partner, so the pages do not read them';
grant select, insert, delete on verified_check to checkout_verifier;
grant select (name, place, sentence, rows_checked, violations, elapsed_ms, verified_at) on verified_check to checkout_admin;
