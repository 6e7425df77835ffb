-- Campaigns as people work on them. `document` is what the rules have, or had; a draft stands beside it until it is
-- released. Whoever writes campaigns without drafts (loaders) goes on as before.

alter table campaign
    alter column document drop not null,
    add column version integer not null default 0 check (version >= 0),
    add column draft jsonb,
    add column draft_version integer,
    add column approved_by text not null default '',
    drop constraint campaign_status_check,
    add constraint campaign_status_is_known check (status in ('draft', 'live', 'paused', 'ended', 'archived')),
    add constraint campaign_beyond_draft_has_rules check (document is not null or status in ('draft', 'archived')),
    add constraint campaign_has_the_code_of_its_document
        check (document is null or document ->> 'code' is not distinct from code),
    add constraint campaign_draft_is_a_version check ((draft is null) = (draft_version is null)),
    add constraint campaign_approval_is_of_a_draft check (approved_by = '' or draft is not null);
comment on column campaign.document is 'checkout.engine.schema.campaign.Campaign as JSON; null: never released';
comment on column campaign.status is
    '"live" ones are in the next publication; "draft" ones never were, or were taken back to be worked on';
comment on column campaign.version is 'Which version the document is; 0: it was not written in the admin';
comment on column campaign.draft is 'What is being worked on, not released; null: nothing is';
comment on column campaign.approved_by is 'Login of who approved the draft as it is; empty: nobody yet';

create table campaign_version (
    partner_id    uuid not null,
    campaign_code text not null,
    version       integer not null check (version > 0),
    document      jsonb not null,
    saved_at      timestamptz not null default now(),
    author        text not null check (author <> ''),
    note          text not null default '',
    primary key (partner_id, campaign_code, version),
    foreign key (partner_id, campaign_code) references campaign
);
comment on table campaign_version is 'Every draft of a campaign that was saved; immutable';

create unlogged table worker_snapshot (
    worker_id   uuid not null,
    partner_id  uuid not null,
    snapshot_id text not null,
    host        text not null,
    process_id  integer not null,
    in_force_at timestamptz not null,
    seen_at     timestamptz not null,
    primary key (worker_id, partner_id)
) with (fillfactor = 50);
comment on table worker_snapshot is
    'Which rules each worker answers with, told by the worker every few seconds. A report: nothing decides by it';
grant select, insert, update, delete on worker_snapshot to checkout_app;
grant select on worker_snapshot to checkout_verifier;

create unlogged table worker_refusal (
    worker_id  uuid not null,
    hour       timestamptz not null,
    partner_id uuid,
    method     text not null,
    reason     text not null,
    calls      bigint not null check (calls > 0),
    unique nulls not distinct (worker_id, hour, partner_id, method, reason)
);
comment on table worker_refusal is
    'How many calls each worker refused or failed with, by the hour in which it said so. A report: nothing decides by it';
comment on column worker_refusal.partner_id is 'Null: the call was refused before it was known whose it is';
create index worker_refusal_by_hour on worker_refusal (hour);
grant select, insert, update, delete on worker_refusal to checkout_app;
grant select on worker_refusal to checkout_verifier;

create table terminal_token_use (
    token_hash bytea primary key references terminal_token on delete cascade,
    used_at    timestamptz not null
) with (fillfactor = 50);
comment on table terminal_token_use is
    'When a terminal showed the token last, to ten minutes. A report, beside the token: whose changes all workers would hear of';
grant select, insert, update on terminal_token_use to checkout_app;
grant select on terminal_token_use to checkout_verifier;

-- ---- what the admin's role may ------------------------------------------------------------------------------------------

grant insert (partner_id, code, draft, draft_version, status) on campaign to checkout_admin;
grant update (document, status, version, draft, draft_version, approved_by, updated_at) on campaign to checkout_admin;
grant select, insert on campaign_version to checkout_admin;
grant select on worker_snapshot, worker_refusal, terminal_token_use, campaign_stop to checkout_admin;
grant select on campaign_version to checkout_app, checkout_verifier;

do $$
declare
    place text;
begin
    foreach place in array array['campaign_version', 'worker_snapshot', 'campaign_stop'] loop
        execute format('alter table %I enable row level security', place);
        execute format('create policy one_partner on %I to checkout_admin using (partner_id = (select admin_partner()))', place);
        execute format(
            'create policy everything on %I to checkout_app, checkout_verifier using (true) with check (true)', place);
    end loop;
end $$;
-- Who came before anybody was known concerns whoever runs the installation.
alter table worker_refusal enable row level security;
create policy one_partner on worker_refusal to checkout_admin
    using (partner_id = admin_partner() or partner_id is null and admin_reach() = 'installation');
create policy everything on worker_refusal to checkout_app, checkout_verifier using (true) with check (true);
alter table terminal_token_use enable row level security;
create policy one_partner on terminal_token_use to checkout_admin
    using (exists (select from terminal_token k where k.token_hash = terminal_token_use.token_hash));
create policy everything on terminal_token_use to checkout_app, checkout_verifier using (true) with check (true);

create trigger admin_changed after insert or update or delete on campaign for each row
    when (current_user = 'checkout_admin') execute function admin_changed('code', '');
-- The document stands in the version, and in the campaign's own history.
create trigger admin_changed after insert or update or delete on campaign_version for each row
    when (current_user = 'checkout_admin') execute function admin_changed('campaign_code,version', 'document');
create trigger history_is_immutable before update or delete on campaign_version
    for each row execute function refuse_change();
create trigger history_is_not_truncated before truncate on campaign_version
    for each statement execute function refuse_change();

-- ---- what it sees of tables that are closed to it --------------------------------------------------------------------------

create function admin_budgets() returns table (campaign_code text, discount_minor bigint, uses bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select b.campaign_code, b.discount_used + b.discount_held, b.uses_used + b.uses_held
    from budget b
    where b.partner_id = admin_partner()
$$;
comment on function admin_budgets is 'What is used or held of the budgets of the transaction''s partner';

create function admin_snapshot_parts(asked text, wanted text[])
returns table (kind text, part_key text, part_hash text, body text)
language sql stable security definer set search_path = public, pg_temp as $$
    select ref ->> 0, ref ->> 1, ref ->> 2, convert_from(p.body, 'UTF8')
    from snapshot s
    cross join lateral jsonb_array_elements(convert_from(s.manifest, 'UTF8')::jsonb -> 'parts') ref
    left join snapshot_part p
        on p.part_hash = any(wanted) and p.part_hash = ref ->> 2 and ref ->> 0 in ('campaign', 'program')
    where s.snapshot_id = asked
      and exists (select from publication o where o.snapshot_id = asked and o.partner_id = admin_partner())
$$;
comment on function admin_snapshot_parts is
    'What a snapshot consists of that was published for the transaction''s partner; wanted campaigns and programs with content';

revoke execute on function admin_budgets, admin_snapshot_parts from public;
grant execute on function admin_budgets, admin_snapshot_parts to checkout_admin;
