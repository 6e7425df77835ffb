-- Receipts $2 and on, up to $3, of the partner $1: copies of those that were really sold there, with lines, rules and answers as they
-- are, over the last $5 weeks in the order of their numbers, the last of $4 now. A fifth is of guests, a fiftieth of the member who
-- comes first in the list, and the others of 20,000 more at the most. With what pages read beside them: what came into accounts and
-- went out, lots, and where a purchase's receipt lies. They are no books: accounts stay as they are.
with sold as materialized (
    select
        row_number() over (order by confirmed_at, receipt_id) - 1 as place, count(*) over () as places, bucket as of_bucket,
        month as of_month, receipt_id as of_receipt, program_code, store_code, currency, points_earned_minor as earned,
        spent_currency, points_spent_minor as spent
    from receipt
    where selling_partner_id = $1 and not starts_with(purchase_id, 'copy-')
),
buyers as materialized (
    select array_agg(member_id order by created_at desc, member_id desc) as ids
    from (
        select bucket, member_id, created_at
        from member
        where partner_id = $1 and merged_into is null and household_id is null and household_size is null and blocked_at is null
        order by created_at desc, member_id desc
        limit 20001
    ) newest
),
numbered as (
    select
        number, now() - ($4::integer - number) * make_interval(weeks => $5::integer) / $4::integer as at,
        -- Looked up, not joined: with each row the ids of all would be carried along.
        case
            when number % 5 = 0 then null
            when number % 50 = 1 then (select ids[1] from buyers)
            else (select ids from buyers)[
                2 + (hashint4extended(number, 3) & 65535)::integer % (select greatest(array_length(ids, 1) - 1, 1) from buyers)
            ]
        end as member_id
    from generate_series($2::integer, $3::integer) number
),
made as (
    select
        sold.*, number, at, date_trunc('month', at at time zone 'UTC')::date as month, md5('copied receipt ' || number)::uuid as receipt_id,
        md5('copied posting ' || number)::uuid as posting_id, 'copy-' || number as purchase_id, member_id
    from numbered
    join sold on place = number % places
),
placed as materialized (
    select
        *, crc32(case when member_id is null then convert_to(store_code, 'UTF8') else uuid_send(member_id) end) % 64 as bucket
    from made
),
receipts as (
    insert into receipt (
        bucket, month, receipt_id, selling_partner_id, program_partner_id, program_code, store_code, terminal_code, member_id,
        purchase_id, mode, snapshot_id, semantics, evaluated_at, confirmed_at, business_day, shift, receipt_number, cashier, currency,
        amount_minor, external_discount_minor, manual_discount_minor, discount_minor, points_value_minor, certificates_minor,
        rounding_minor, payable_minor, points_earned_minor, spent_currency, points_spent_minor, content, facts, answer, already_paid,
        flags
    )
    select
        p.bucket, p.month, p.receipt_id, r.selling_partner_id, r.program_partner_id, r.program_code, r.store_code, r.terminal_code,
        p.member_id, p.purchase_id, r.mode, r.snapshot_id, r.semantics, p.at, p.at, (p.at at time zone 'UTC')::date, r.shift,
        lpad((p.number % 10000)::text, 6, '0'), r.cashier, r.currency, r.amount_minor, r.external_discount_minor,
        r.manual_discount_minor, r.discount_minor, r.points_value_minor, r.certificates_minor, r.rounding_minor, r.payable_minor,
        r.points_earned_minor, r.spent_currency, r.points_spent_minor, r.content, r.facts, r.answer, r.already_paid, r.flags
    from placed p
    join receipt r on r.bucket = p.of_bucket and r.month = p.of_month and r.receipt_id = p.of_receipt
    order by p.number
),
postings as (
    insert into posting (bucket, month, posting_id, partner_id, program_code, kind, member_id, receipt_id, at)
    select bucket, month, posting_id, $1, program_code, 'sale', member_id, receipt_id, at
    from placed
    where member_id is not null and (earned > 0 or spent > 0)
    order by number
),
entries as (
    insert into entry (bucket, month, posting_id, leg, role, member_id, currency, amount, seq, balance_after)
    select
        bucket, month, posting_id, leg, role, member_id, legs.currency, amount,
        case when role = 'member' then 2 * number + leg / 2 end, case when role = 'member' then number % 10000 end
    from placed
    cross join lateral (values
        (0, 'member', spent_currency, -spent), (1, 'redeemed', spent_currency, spent),
        (2, 'member', placed.currency, earned), (3, 'issued', placed.currency, -earned)
    ) as legs (leg, role, currency, amount)
    where member_id is not null and amount <> 0
    order by number
),
lots as (
    insert into lot (bucket, member_id, currency, lot_id, origin, posting_id, issued, remaining, active_from, expires_at)
    select
        bucket, member_id, currency, posting_id, 'earned', posting_id, earned, case when number % 3 = 0 then 0 else earned end,
        at, at + interval '1 year'
    from placed
    where member_id is not null and earned > 0
)
insert into purchase_key (bucket, partner_id, purchase_id, state, content_hash, home_bucket, month, receipt_id)
select
    crc32(uuid_send($1) || convert_to(purchase_id, 'UTF8')) % 64, $1, purchase_id, 'confirmed', sha256(''), bucket, month, receipt_id
from placed
