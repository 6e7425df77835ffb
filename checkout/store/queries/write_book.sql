-- name: write_book
-- Everything that a batch changes, in one statement, without the parts that have nothing to write. Rows are locked or new:
-- absolute values are right.
with
posting_written as (
    insert into posting (
        bucket, month, posting_id, partner_id, program_code, kind, member_id, receipt_id, at, reason, author
    )
    select * from unnest(
        :posting.bucket::smallint[], :posting.month::date[], :posting.posting_id::uuid[],
        :posting.partner_id::uuid[], :posting.program_code::text[], :posting.kind::text[],
        :posting.member_id::uuid[], :posting.receipt_id::uuid[], :posting.at::timestamptz[], :posting.reason::text[],
        :posting.author::text[]
    )
),
entry_written as (
    insert into entry (
        bucket, month, posting_id, leg, role, member_id, currency, amount, seq, balance_after
    )
    select * from unnest(
        :entry.bucket::smallint[], :entry.month::date[], :entry.posting_id::uuid[], :entry.leg::smallint[],
        :entry.role::text[], :entry.member_id::uuid[], :entry.currency::text[], :entry.amount::bigint[],
        :entry.seq::bigint[], :entry.balance_after::bigint[]
    )
),
lot_movement_written as (
    insert into lot_movement (
        bucket, month, posting_id, lot_id, member_id, amount, activated, expired
    )
    select * from unnest(
        :lot_movement.bucket::smallint[], :lot_movement.month::date[], :lot_movement.posting_id::uuid[],
        :lot_movement.lot_id::uuid[], :lot_movement.member_id::uuid[], :lot_movement.amount::bigint[],
        :lot_movement.activated::bigint[], :lot_movement.expired::bigint[]
    )
),
receipt_written as (
    insert into receipt (
        bucket, month, receipt_id, selling_partner_id, program_partner_id, program_code, store_code,
        terminal_code, member_id, purchase_id, mode, snapshot_id, semantics, evaluated_at, confirmed_at,
        business_day, shift, receipt_number, cashier, currency, amount_minor, external_discount_minor,
        manual_discount_minor, discount_minor, points_value_minor, certificates_minor, rounding_minor, payable_minor,
        points_earned_minor, spent_currency, points_spent_minor, content, facts, answer, already_paid, flags,
        household_id
    )
    select * from unnest(
        :receipt.bucket::smallint[], :receipt.month::date[], :receipt.receipt_id::uuid[],
        :receipt.selling_partner_id::uuid[], :receipt.program_partner_id::uuid[], :receipt.program_code::text[],
        :receipt.store_code::text[], :receipt.terminal_code::text[], :receipt.member_id::uuid[],
        :receipt.purchase_id::text[], :receipt.mode::text[], :receipt.snapshot_id::text[],
        :receipt.semantics::integer[], :receipt.evaluated_at::timestamptz[], :receipt.confirmed_at::timestamptz[],
        :receipt.business_day::date[], :receipt.shift::text[], :receipt.receipt_number::text[],
        :receipt.cashier::text[], :receipt.currency::text[], :receipt.amount_minor::bigint[],
        :receipt.external_discount_minor::bigint[], :receipt.manual_discount_minor::bigint[],
        :receipt.discount_minor::bigint[], :receipt.points_value_minor::bigint[],
        :receipt.certificates_minor::bigint[], :receipt.rounding_minor::bigint[],
        :receipt.payable_minor::bigint[], :receipt.points_earned_minor::bigint[], :receipt.spent_currency::text[],
        :receipt.points_spent_minor::bigint[], :receipt.content::bytea[], :receipt.facts::bytea[],
        :receipt.answer::bytea[], :receipt.already_paid::boolean[], :receipt.flags::jsonb[],
        :receipt.household_id::uuid[]
    )
),
credit_written as (
    insert into credit (
        bucket, month, credit_id, partner_id, purchase_id, receipt_id, member_id, store_code, terminal_code,
        credited_at, facts, answer, household_id
    )
    select * from unnest(
        :credit.bucket::smallint[], :credit.month::date[], :credit.credit_id::uuid[], :credit.partner_id::uuid[],
        :credit.purchase_id::text[], :credit.receipt_id::uuid[], :credit.member_id::uuid[],
        :credit.store_code::text[], :credit.terminal_code::text[], :credit.credited_at::timestamptz[],
        :credit.facts::bytea[], :credit.answer::bytea[], :credit.household_id::uuid[]
    )
),
return_receipt_written as (
    insert into return_receipt (
        bucket, month, return_receipt_id, partner_id, return_id, purchase_id, receipt_id, member_id, store_code,
        terminal_code, returned_at, business_day, shift, receipt_number, cashier, money_minor,
        points_value_minor, certificates_minor, points_back_minor, answer, household_id
    )
    select * from unnest(
        :return_receipt.bucket::smallint[], :return_receipt.month::date[],
        :return_receipt.return_receipt_id::uuid[], :return_receipt.partner_id::uuid[],
        :return_receipt.return_id::text[], :return_receipt.purchase_id::text[],
        :return_receipt.receipt_id::uuid[], :return_receipt.member_id::uuid[],
        :return_receipt.store_code::text[], :return_receipt.terminal_code::text[],
        :return_receipt.returned_at::timestamptz[], :return_receipt.business_day::date[],
        :return_receipt.shift::text[], :return_receipt.receipt_number::text[], :return_receipt.cashier::text[],
        :return_receipt.money_minor::bigint[], :return_receipt.points_value_minor::bigint[],
        :return_receipt.certificates_minor::bigint[],
        :return_receipt.points_back_minor::bigint[], :return_receipt.answer::bytea[],
        :return_receipt.household_id::uuid[]
    )
),
return_line_written as (
    insert into return_line (
        bucket, month, return_receipt_id, receipt_id, position, quantity_milli, money_minor, points_value_minor,
        certificates_minor
    )
    select * from unnest(
        :return_line.bucket::smallint[], :return_line.month::date[], :return_line.return_receipt_id::uuid[],
        :return_line.receipt_id::uuid[], :return_line.position::integer[], :return_line.quantity_milli::bigint[],
        :return_line.money_minor::bigint[], :return_line.points_value_minor::bigint[],
        :return_line.certificates_minor::bigint[]
    )
),
return_key_written as (
    insert into return_key (
        bucket, partner_id, return_id, content_hash, home_bucket, month, return_receipt_id
    )
    select * from unnest(
        :return_key.bucket::smallint[], :return_key.partner_id::uuid[], :return_key.return_id::text[],
        :return_key.content_hash::bytea[], :return_key.home_bucket::smallint[], :return_key.month::date[],
        :return_key.return_receipt_id::uuid[]
    )
),
limit_use_written as (
    insert into limit_use (
        bucket, month, receipt_id, owner_id, subject_id, campaign_code, limit_code, sku, slot_start, uses, bound,
        overrun
    )
    select * from unnest(
        :limit_use.bucket::smallint[], :limit_use.month::date[], :limit_use.receipt_id::uuid[],
        :limit_use.owner_id::uuid[], :limit_use.subject_id::uuid[], :limit_use.campaign_code::text[],
        :limit_use.limit_code::text[], :limit_use.sku::text[], :limit_use.slot_start::timestamp[], :limit_use.uses::bigint[], :limit_use.bound::bigint[],
        :limit_use.overrun::bigint[]
    )
),
budget_use_written as (
    insert into budget_use (
        bucket, month, receipt_id, partner_id, campaign_code, discount_minor, uses, overrun_minor, overrun_uses
    )
    select * from unnest(
        :budget_use.bucket::smallint[], :budget_use.month::date[], :budget_use.receipt_id::uuid[],
        :budget_use.partner_id::uuid[], :budget_use.campaign_code::text[], :budget_use.discount_minor::bigint[],
        :budget_use.uses::bigint[], :budget_use.overrun_minor::bigint[], :budget_use.overrun_uses::bigint[]
    )
),
event_written as (
    insert into outbox (
        bucket, month, event_id, partner_id, kind, subject_id, member_id, at, body
    )
    select * from unnest(
        :event.bucket::smallint[], :event.month::date[], :event.event_id::uuid[], :event.partner_id::uuid[],
        :event.kind::text[], :event.subject_id::uuid[], :event.member_id::uuid[], :event.at::timestamptz[],
        :event.body::jsonb[]
    )
),
event_pending_written as (
    insert into outbox_pending (bucket, month, event_id)
    select * from unnest(
        :event_pending.bucket::smallint[], :event_pending.month::date[], :event_pending.event_id::uuid[]
    )
),
visit_pending_written as (
    insert into visit_pending (bucket, member_id, receipt_id, receipt_bucket, month)
    select * from unnest(
        :visit_pending.bucket::smallint[], :visit_pending.member_id::uuid[], :visit_pending.receipt_id::uuid[],
        :visit_pending.receipt_bucket::smallint[], :visit_pending.month::date[]
    )
    on conflict do nothing
),
request_key_written as (
    insert into request_key (
        bucket, partner_id, method, request_id, content_hash, purchase_id, home_bucket, month, receipt_id,
        answer, created_at
    )
    select * from unnest(
        :request_key.bucket::smallint[], :request_key.partner_id::uuid[], :request_key.method::text[],
        :request_key.request_id::text[], :request_key.content_hash::bytea[], :request_key.purchase_id::text[],
        :request_key.home_bucket::smallint[], :request_key.month::date[], :request_key.receipt_id::uuid[],
        :request_key.answer::bytea[], :request_key.created_at::timestamptz[]
    )
),
natural_key_written as (
    insert into natural_key (
        bucket, partner_id, store_code, terminal_code, shift, receipt_number, business_day, purchase_id
    )
    select * from unnest(
        :natural_key.bucket::smallint[], :natural_key.partner_id::uuid[], :natural_key.store_code::text[],
        :natural_key.terminal_code::text[], :natural_key.shift::text[], :natural_key.receipt_number::text[],
        :natural_key.business_day::date[], :natural_key.purchase_id::text[]
    )
),
lot_written as (
    insert into lot (
        bucket, member_id, currency, lot_id, origin, posting_id, issued, remaining, held, active_from,
        expires_at, frozen, is_pending, expired, moved_from
    )
    select * from unnest(
        :lot.bucket::smallint[], :lot.member_id::uuid[], :lot.currency::text[], :lot.lot_id::uuid[],
        :lot.origin::text[], :lot.posting_id::uuid[], :lot.issued::bigint[], :lot.remaining::bigint[],
        :lot.held::bigint[], :lot.active_from::timestamptz[], :lot.expires_at::timestamptz[],
        :lot.frozen::bigint[], :lot.is_pending::boolean[], :lot.expired::bigint[], :lot.moved_from::uuid[]
    )
),
hold_written as (
    insert into hold (
        bucket, hold_id, partner_id, purchase_id, member_id, state, currency, points_minor, lots, claims,
        priced_hash, snapshot_id, evaluated_at, facts, outcome, created_at, expires_at, extensible_to, ended_at,
        household_id, terminal_code
    )
    select * from unnest(
        :hold.bucket::smallint[], :hold.hold_id::uuid[], :hold.partner_id::uuid[], :hold.purchase_id::text[],
        :hold.member_id::uuid[], :hold.state::text[], :hold.currency::text[], :hold.points_minor::bigint[],
        :hold.lots::jsonb[], :hold.claims::jsonb[], :hold.priced_hash::bytea[], :hold.snapshot_id::text[],
        :hold.evaluated_at::timestamptz[], :hold.facts::bytea[], :hold.outcome::bytea[],
        :hold.created_at::timestamptz[], :hold.expires_at::timestamptz[], :hold.extensible_to::timestamptz[],
        :hold.ended_at::timestamptz[], :hold.household_id::uuid[], :hold.terminal_code::text[]
    )
),
account_written as (
    insert into account (
        bucket, member_id, currency, balance, held, seq, debt, frozen, pending, frozen_at
    )
    select * from unnest(
        :account.bucket::smallint[], :account.member_id::uuid[], :account.currency::text[],
        :account.balance::bigint[], :account.held::bigint[], :account.seq::bigint[],
        :account.debt::bigint[], :account.frozen::bigint[], :account.pending::bigint[],
        :account.frozen_at::timestamptz[]
    )
    on conflict (bucket, member_id, currency) do update set
        balance = excluded.balance, held = excluded.held, seq = excluded.seq, debt = excluded.debt,
        frozen = excluded.frozen, pending = excluded.pending, frozen_at = excluded.frozen_at
),
purchase_key_written as (
    insert into purchase_key (
        bucket, partner_id, purchase_id, state, content_hash, home_bucket, hold_id, month, receipt_id,
        returned, credit_bucket, credit_month, credit_id, settled
    )
    select * from unnest(
        :purchase_key.bucket::smallint[], :purchase_key.partner_id::uuid[], :purchase_key.purchase_id::text[],
        :purchase_key.state::text[], :purchase_key.content_hash::bytea[], :purchase_key.home_bucket::smallint[],
        :purchase_key.hold_id::uuid[], :purchase_key.month::date[], :purchase_key.receipt_id::uuid[],
        :purchase_key.returned::jsonb[], :purchase_key.credit_bucket::smallint[],
        :purchase_key.credit_month::date[], :purchase_key.credit_id::uuid[], :purchase_key.settled::jsonb[]
    )
    on conflict (bucket, partner_id, purchase_id) do update set
        state = excluded.state, content_hash = excluded.content_hash, home_bucket = excluded.home_bucket,
        hold_id = excluded.hold_id, month = excluded.month, receipt_id = excluded.receipt_id,
        returned = excluded.returned, credit_bucket = excluded.credit_bucket,
        credit_month = excluded.credit_month, credit_id = excluded.credit_id,
        settled = excluded.settled
),
limit_slot_written as (
    insert into limit_slot (
        bucket, owner_id, subject_id, campaign_code, limit_code, sku, slot_start, shared, used, held
    )
    select * from unnest(
        :limit_slot.bucket::smallint[], :limit_slot.owner_id::uuid[], :limit_slot.subject_id::uuid[],
        :limit_slot.campaign_code::text[], :limit_slot.limit_code::text[], :limit_slot.sku::text[],
        :limit_slot.slot_start::timestamp[], :limit_slot.shared::boolean[], :limit_slot.used::bigint[],
        :limit_slot.held::bigint[]
    )
    on conflict (bucket, owner_id, campaign_code, limit_code, slot_start, subject_id, sku) do update set
        used = excluded.used, held = excluded.held,
        changed_at = case when excluded.shared then excluded.changed_at else limit_slot.changed_at end
),
lot_changed as (
    update lot t set
        remaining = new.remaining, held = new.held, frozen = new.frozen, is_pending = new.is_pending,
        expired = new.expired
    from unnest(
        :lot_changed.bucket::smallint[], :lot_changed.member_id::uuid[], :lot_changed.lot_id::uuid[],
        :lot_changed.remaining::bigint[], :lot_changed.held::bigint[], :lot_changed.frozen::bigint[],
        :lot_changed.is_pending::boolean[], :lot_changed.expired::bigint[]
    ) as new (bucket, member_id, lot_id, remaining, held, frozen, is_pending, expired)
    where t.bucket = new.bucket and t.member_id = new.member_id and t.lot_id = new.lot_id
),
hold_changed as (
    update hold t set
        state = new.state, expires_at = new.expires_at, ended_at = new.ended_at
    from unnest(
        :hold_changed.bucket::smallint[], :hold_changed.hold_id::uuid[], :hold_changed.state::text[],
        :hold_changed.expires_at::timestamptz[], :hold_changed.ended_at::timestamptz[]
    ) as new (bucket, hold_id, state, expires_at, ended_at)
    where t.bucket = new.bucket and t.hold_id = new.hold_id
),
budget_changed as (
    update budget t set
        discount_used = new.discount_used, discount_held = new.discount_held, uses_used = new.uses_used,
        uses_held = new.uses_held
    from unnest(
        :budget_changed.bucket::smallint[], :budget_changed.partner_id::uuid[],
        :budget_changed.campaign_code::text[], :budget_changed.discount_used::bigint[],
        :budget_changed.discount_held::bigint[], :budget_changed.uses_used::bigint[],
        :budget_changed.uses_held::bigint[]
    ) as new (bucket, partner_id, campaign_code, discount_used, discount_held, uses_used, uses_held)
    where t.bucket = new.bucket and t.partner_id = new.partner_id and t.campaign_code = new.campaign_code
),
member_changed as (
    update member t set
        version = new.version, blocked_at = new.blocked_at, purchases = new.purchases,
        last_purchase_on = new.last_purchase_on, household_id = new.household_id,
        household_size = new.household_size, merged_into = new.merged_into,
        other_names = new.other_names, erased_at = new.erased_at
    from unnest(
        :member_changed.bucket::smallint[], :member_changed.member_id::uuid[], :member_changed.version::bigint[],
        :member_changed.blocked_at::timestamptz[], :member_changed.purchases::bigint[],
        :member_changed.last_purchase_on::date[], :member_changed.household_id::uuid[],
        :member_changed.household_size::smallint[], :member_changed.merged_into::uuid[],
        :member_changed.other_names::smallint[], :member_changed.erased_at::timestamptz[]
    ) as new (
        bucket, member_id, version, blocked_at, purchases, last_purchase_on, household_id, household_size, merged_into,
        other_names, erased_at
    )
    where t.bucket = new.bucket and t.member_id = new.member_id
    returning t.bucket, t.partner_id, t.member_id, t.version
),
invalidation_written as (
    insert into invalidation (bucket, partner_id, member_id, version)
    select bucket, partner_id, member_id, version from member_changed
)
select 1
