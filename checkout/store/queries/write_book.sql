-- name: write_book
-- Everything that a batch changes, in one statement. Rows are locked or new: absolute values are right.
with
posting_written as (
    insert into posting (
        bucket, month, posting_id, partner_id, program_code, kind, member_id, receipt_id, at, reason, author
    )
    select * from unnest(
        $1::smallint[], $2::date[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::uuid[],
        $9::timestamptz[], $10::text[], $11::text[]
    )
),
entry_written as (
    insert into entry (
        bucket, month, posting_id, leg, role, member_id, currency, amount, seq, balance_after
    )
    select * from unnest(
        $12::smallint[], $13::date[], $14::uuid[], $15::smallint[], $16::text[], $17::uuid[], $18::text[],
        $19::bigint[], $20::bigint[], $21::bigint[]
    )
),
lot_movement_written as (
    insert into lot_movement (
        bucket, month, posting_id, lot_id, member_id, amount
    )
    select * from unnest(
        $22::smallint[], $23::date[], $24::uuid[], $25::uuid[], $26::uuid[], $27::bigint[]
    )
),
receipt_written as (
    insert into receipt (
        bucket, month, receipt_id, selling_partner_id, program_partner_id, program_code, store_code,
        terminal_code, member_id, purchase_id, mode, snapshot_id, semantics, evaluated_at, confirmed_at,
        business_day, shift, receipt_number, cashier, currency, amount_minor, external_discount_minor,
        manual_discount_minor, discount_minor, points_value_minor, rounding_minor, payable_minor,
        points_earned_minor, spent_currency, points_spent_minor, content, facts, answer
    )
    select * from unnest(
        $28::smallint[], $29::date[], $30::uuid[], $31::uuid[], $32::uuid[], $33::text[], $34::text[],
        $35::text[], $36::uuid[], $37::text[], $38::text[], $39::text[], $40::integer[], $41::timestamptz[],
        $42::timestamptz[], $43::date[], $44::text[], $45::text[], $46::text[], $47::text[], $48::bigint[],
        $49::bigint[], $50::bigint[], $51::bigint[], $52::bigint[], $53::bigint[], $54::bigint[], $55::bigint[],
        $56::text[], $57::bigint[], $58::bytea[], $59::bytea[], $60::bytea[]
    )
),
limit_use_written as (
    insert into limit_use (
        bucket, month, receipt_id, subject_id, campaign_code, limit_code, slot_start, uses, bound
    )
    select * from unnest(
        $61::smallint[], $62::date[], $63::uuid[], $64::uuid[], $65::text[], $66::text[], $67::date[],
        $68::bigint[], $69::bigint[]
    )
),
budget_use_written as (
    insert into budget_use (
        bucket, month, receipt_id, partner_id, campaign_code, discount_minor, uses
    )
    select * from unnest(
        $70::smallint[], $71::date[], $72::uuid[], $73::uuid[], $74::text[], $75::bigint[], $76::bigint[]
    )
),
request_key_written as (
    insert into request_key (
        bucket, partner_id, method, request_id, content_hash, purchase_id, home_bucket, month, receipt_id,
        answer, created_at
    )
    select * from unnest(
        $77::smallint[], $78::uuid[], $79::text[], $80::text[], $81::bytea[], $82::text[], $83::smallint[],
        $84::date[], $85::uuid[], $86::bytea[], $87::timestamptz[]
    )
),
natural_key_written as (
    insert into natural_key (
        bucket, partner_id, store_code, terminal_code, shift, receipt_number, business_day, purchase_id
    )
    select * from unnest(
        $88::smallint[], $89::uuid[], $90::text[], $91::text[], $92::text[], $93::text[], $94::date[],
        $95::text[]
    )
),
lot_written as (
    insert into lot (
        bucket, member_id, currency, lot_id, origin, posting_id, issued, remaining, held, active_from,
        expires_at
    )
    select * from unnest(
        $96::smallint[], $97::uuid[], $98::text[], $99::uuid[], $100::text[], $101::uuid[], $102::bigint[],
        $103::bigint[], $104::bigint[], $105::timestamptz[], $106::timestamptz[]
    )
),
hold_written as (
    insert into hold (
        bucket, hold_id, partner_id, purchase_id, member_id, state, currency, points_minor, lots, claims,
        priced_hash, snapshot_id, evaluated_at, facts, outcome, created_at, expires_at, extensible_to, ended_at
    )
    select * from unnest(
        $107::smallint[], $108::uuid[], $109::uuid[], $110::text[], $111::uuid[], $112::text[], $113::text[],
        $114::bigint[], $115::jsonb[], $116::jsonb[], $117::bytea[], $118::text[], $119::timestamptz[],
        $120::bytea[], $121::bytea[], $122::timestamptz[], $123::timestamptz[], $124::timestamptz[],
        $125::timestamptz[]
    )
),
account_written as (
    insert into account (
        bucket, member_id, currency, balance, held, seq
    )
    select * from unnest(
        $126::smallint[], $127::uuid[], $128::text[], $129::bigint[], $130::bigint[], $131::bigint[]
    )
    on conflict (bucket, member_id, currency) do update set
        balance = excluded.balance, held = excluded.held, seq = excluded.seq
),
purchase_key_written as (
    insert into purchase_key (
        bucket, partner_id, purchase_id, state, content_hash, home_bucket, hold_id, month, receipt_id
    )
    select * from unnest(
        $132::smallint[], $133::uuid[], $134::text[], $135::text[], $136::bytea[], $137::smallint[],
        $138::uuid[], $139::date[], $140::uuid[]
    )
    on conflict (bucket, partner_id, purchase_id) do update set
        state = excluded.state, content_hash = excluded.content_hash, home_bucket = excluded.home_bucket,
        hold_id = excluded.hold_id, month = excluded.month, receipt_id = excluded.receipt_id
),
limit_slot_written as (
    insert into limit_slot (
        bucket, subject_id, campaign_code, limit_code, slot_start, used, held
    )
    select * from unnest(
        $141::smallint[], $142::uuid[], $143::text[], $144::text[], $145::date[], $146::bigint[], $147::bigint[]
    )
    on conflict (bucket, subject_id, slot_start, campaign_code, limit_code) do update set
        used = excluded.used, held = excluded.held
),
lot_changed as (
    update lot t set
        remaining = new.remaining, held = new.held
    from unnest(
        $148::smallint[], $149::uuid[], $150::uuid[], $151::bigint[], $152::bigint[]
    ) as new (bucket, member_id, lot_id, remaining, held)
    where t.bucket = new.bucket and t.member_id = new.member_id and t.lot_id = new.lot_id
),
hold_changed as (
    update hold t set
        state = new.state, expires_at = new.expires_at, ended_at = new.ended_at
    from unnest(
        $153::smallint[], $154::uuid[], $155::text[], $156::timestamptz[], $157::timestamptz[]
    ) as new (bucket, hold_id, state, expires_at, ended_at)
    where t.bucket = new.bucket and t.hold_id = new.hold_id
),
budget_changed as (
    update budget t set
        discount_used = new.discount_used, discount_held = new.discount_held, uses_used = new.uses_used,
        uses_held = new.uses_held
    from unnest(
        $158::smallint[], $159::uuid[], $160::text[], $161::bigint[], $162::bigint[], $163::bigint[],
        $164::bigint[]
    ) as new (bucket, partner_id, campaign_code, discount_used, discount_held, uses_used, uses_held)
    where t.bucket = new.bucket and t.partner_id = new.partner_id and t.campaign_code = new.campaign_code
),
member_changed as (
    update member t set
        version = new.version, purchases = new.purchases, last_purchase_on = new.last_purchase_on
    from unnest(
        $165::smallint[], $166::uuid[], $167::bigint[], $168::bigint[], $169::date[]
    ) as new (bucket, member_id, version, purchases, last_purchase_on)
    where t.bucket = new.bucket and t.member_id = new.member_id
    returning t.bucket, t.partner_id, t.member_id, t.version
)
insert into invalidation (bucket, partner_id, member_id, version)
select bucket, partner_id, member_id, version from member_changed
