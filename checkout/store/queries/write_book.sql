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
        discount_minor, points_value_minor, payable_minor, points_spent_minor, points_earned_minor, content,
        facts, answer
    )
    select * from unnest(
        $28::smallint[], $29::date[], $30::uuid[], $31::uuid[], $32::uuid[], $33::text[], $34::text[],
        $35::text[], $36::uuid[], $37::text[], $38::text[], $39::text[], $40::integer[], $41::timestamptz[],
        $42::timestamptz[], $43::date[], $44::text[], $45::text[], $46::text[], $47::text[], $48::bigint[],
        $49::bigint[], $50::bigint[], $51::bigint[], $52::bigint[], $53::bigint[], $54::bigint[], $55::bytea[],
        $56::bytea[], $57::bytea[]
    )
),
limit_use_written as (
    insert into limit_use (
        bucket, month, receipt_id, subject_id, campaign_code, limit_code, slot_start, uses, bound
    )
    select * from unnest(
        $58::smallint[], $59::date[], $60::uuid[], $61::uuid[], $62::text[], $63::text[], $64::date[],
        $65::bigint[], $66::bigint[]
    )
),
budget_use_written as (
    insert into budget_use (
        bucket, month, receipt_id, partner_id, campaign_code, discount_minor, uses
    )
    select * from unnest(
        $67::smallint[], $68::date[], $69::uuid[], $70::uuid[], $71::text[], $72::bigint[], $73::bigint[]
    )
),
request_key_written as (
    insert into request_key (
        bucket, partner_id, method, request_id, content_hash, purchase_id, home_bucket, month, receipt_id,
        answer, created_at
    )
    select * from unnest(
        $74::smallint[], $75::uuid[], $76::text[], $77::text[], $78::bytea[], $79::text[], $80::smallint[],
        $81::date[], $82::uuid[], $83::bytea[], $84::timestamptz[]
    )
),
natural_key_written as (
    insert into natural_key (
        bucket, partner_id, store_code, terminal_code, shift, receipt_number, business_day, purchase_id
    )
    select * from unnest(
        $85::smallint[], $86::uuid[], $87::text[], $88::text[], $89::text[], $90::text[], $91::date[],
        $92::text[]
    )
),
lot_written as (
    insert into lot (
        bucket, member_id, currency, lot_id, origin, posting_id, issued, remaining, held, active_from,
        expires_at
    )
    select * from unnest(
        $93::smallint[], $94::uuid[], $95::text[], $96::uuid[], $97::text[], $98::uuid[], $99::bigint[],
        $100::bigint[], $101::bigint[], $102::timestamptz[], $103::timestamptz[]
    )
),
hold_written as (
    insert into hold (
        bucket, hold_id, partner_id, purchase_id, member_id, state, currency, points_minor, lots, claims,
        priced_hash, snapshot_id, evaluated_at, facts, outcome, created_at, expires_at, extensible_to, ended_at
    )
    select * from unnest(
        $104::smallint[], $105::uuid[], $106::uuid[], $107::text[], $108::uuid[], $109::text[], $110::text[],
        $111::bigint[], $112::jsonb[], $113::jsonb[], $114::bytea[], $115::text[], $116::timestamptz[],
        $117::bytea[], $118::bytea[], $119::timestamptz[], $120::timestamptz[], $121::timestamptz[],
        $122::timestamptz[]
    )
),
account_written as (
    insert into account (
        bucket, member_id, currency, balance, held, seq
    )
    select * from unnest(
        $123::smallint[], $124::uuid[], $125::text[], $126::bigint[], $127::bigint[], $128::bigint[]
    )
    on conflict (bucket, member_id, currency) do update set
        balance = excluded.balance, held = excluded.held, seq = excluded.seq
),
purchase_key_written as (
    insert into purchase_key (
        bucket, partner_id, purchase_id, state, content_hash, home_bucket, hold_id, month, receipt_id
    )
    select * from unnest(
        $129::smallint[], $130::uuid[], $131::text[], $132::text[], $133::bytea[], $134::smallint[],
        $135::uuid[], $136::date[], $137::uuid[]
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
        $138::smallint[], $139::uuid[], $140::text[], $141::text[], $142::date[], $143::bigint[], $144::bigint[]
    )
    on conflict (bucket, subject_id, slot_start, campaign_code, limit_code) do update set
        used = excluded.used, held = excluded.held
),
lot_changed as (
    update lot t set
        remaining = new.remaining, held = new.held
    from unnest(
        $145::smallint[], $146::uuid[], $147::uuid[], $148::bigint[], $149::bigint[]
    ) as new (bucket, member_id, lot_id, remaining, held)
    where t.bucket = new.bucket and t.member_id = new.member_id and t.lot_id = new.lot_id
),
hold_changed as (
    update hold t set
        state = new.state, expires_at = new.expires_at, ended_at = new.ended_at
    from unnest(
        $150::smallint[], $151::uuid[], $152::text[], $153::timestamptz[], $154::timestamptz[]
    ) as new (bucket, hold_id, state, expires_at, ended_at)
    where t.bucket = new.bucket and t.hold_id = new.hold_id
),
budget_changed as (
    update budget t set
        discount_used = new.discount_used, discount_held = new.discount_held, uses_used = new.uses_used,
        uses_held = new.uses_held
    from unnest(
        $155::smallint[], $156::uuid[], $157::text[], $158::bigint[], $159::bigint[], $160::bigint[],
        $161::bigint[]
    ) as new (bucket, partner_id, campaign_code, discount_used, discount_held, uses_used, uses_held)
    where t.bucket = new.bucket and t.partner_id = new.partner_id and t.campaign_code = new.campaign_code
),
member_changed as (
    update member t set
        version = new.version
    from unnest(
        $162::smallint[], $163::uuid[], $164::bigint[]
    ) as new (bucket, member_id, version)
    where t.bucket = new.bucket and t.member_id = new.member_id
    returning t.bucket, t.partner_id, t.member_id, t.version
)
insert into invalidation (bucket, partner_id, member_id, version)
select bucket, partner_id, member_id, version from member_changed
