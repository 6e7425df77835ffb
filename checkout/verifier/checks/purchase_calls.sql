-- What was asked about purchases: a call knows a repetition by a hash of what it asked for. The hash by which a sale or a
-- return is known is made anew from documents elsewhere; here mostly that is hashed once more, and no document is opened.

-- name: confirms_are_what_was_asked
-- The call that made a sale has the hash of what it asked for: the sale's own hash, the price that had been quoted, if one
-- had, and whether it was paid already. (Not of what was paid at the price of a hold that had ended: any price may have
-- been quoted before. Of a call that found the sale made, only that it was.)
select
    receipt_id::text as key,
    not bool_or(is_asked) as is_wrong
from (
    select
        r.receipt_id,
        exists (
            -- Most likely first: without a quote nothing has to be opened. Fewer points may be spent than a hold keeps, which
            -- was quoted with all of them. (By "offset 0" a text is put together once, and not wherever it is named.)
            select from (
                select null::json as said
                union all
                select convert_from(r.answer, 'UTF8')::json #> '{answer,outcome}'
                union all
                select convert_from(h.outcome, 'UTF8')::json
            ) outcome
            cross join lateral json_to_record(outcome.said)
                as paid (payable_minor text, redemption json, lines json, certificates json)
            cross join lateral (
                select convert_to(
                    '[' || concat_ws(
                        ',', paid.payable_minor, paid.redemption ->> 'points_minor',
                        (
                            select '[' || coalesce(string_agg(
                                format(
                                    '[%s,%s,%s,%s]', position, manual_discount_minor, discount_minor, points_value_minor
                                ),
                                ',' order by position, manual_discount_minor, discount_minor, points_value_minor
                            ), '') || ']'
                            from json_to_recordset(paid.lines) as line (shares json)
                            cross join lateral json_to_recordset(line.shares) as share (
                                position integer, manual_discount_minor bigint, discount_minor bigint,
                                points_value_minor bigint
                            )
                        ),
                        (
                            select '[' || string_agg(
                                format('[%s,%s,%s,[%s]]', c -> 'code', c ->> 'paid_minor', c ->> 'units', parts.told),
                                ',' order by place
                            ) || ']'
                            from json_array_elements(paid.certificates) with ordinality as each (c, place)
                            cross join lateral (
                                select string_agg(
                                    format('[%s,%s]', part ->> 'position', part ->> 'paid_minor'), ',' order by part_place
                                ) as told
                                from json_array_elements(c -> 'parts') with ordinality as one (part, part_place)
                            ) parts
                            where c ->> 'status' = 'applied'
                        )
                    ) || ']',
                    'UTF8'
                ) as body offset 0
            ) priced
            cross join lateral (
                select case
                    when outcome.said is null then ''
                    else encode(substr(
                        sha256('\x0000000131'::bytea || int4send(octet_length(priced.body)) || priced.body), 1, 16
                    ), 'hex')
                end as price offset 0
            ) quoted
            cross join (values (''), (',"paid"')) as already (text)
            cross join lateral (
                select convert_to(
                    format('["%s","%s"%s]', encode(p.content_hash, 'hex'), quoted.price, already.text), 'UTF8'
                ) as body
            ) asked
            where k.content_hash
                = substr(sha256('\x0000000131'::bytea || int4send(octet_length(asked.body)) || asked.body), 1, 16)
        ) as is_asked
    from receipt r
    -- By two calls at one moment it may have been either.
    join request_key k
        on k.home_bucket = r.bucket and k.month = r.month and k.receipt_id = r.receipt_id
        and k.method = 'Confirm' and k.created_at = r.confirmed_at
    left join purchase_key p on p.partner_id = r.selling_partner_id and p.purchase_id = r.purchase_id
    left join hold h on h.partner_id = p.partner_id and h.hold_id = p.hold_id
    where r.mode = 'online' and not r.already_paid
) call
group by receipt_id

-- name: added_purchases_are_what_was_asked
-- The call by which an operator added a purchase has the hash of what it asked for: the purchase's own hash, the reason and
-- the author. (Of a call that found it added, only that it was.)
select
    r.receipt_id::text as key,
    not bool_or(
        k.content_hash = substr(sha256('\x0000000131'::bytea || int4send(octet_length(asked.body)) || asked.body), 1, 16)
    ) as is_wrong
from receipt r
join request_key k
    on k.home_bucket = r.bucket and k.month = r.month and k.receipt_id = r.receipt_id
    and k.method = 'AddPurchase' and k.created_at = r.confirmed_at
left join purchase_key p on p.partner_id = r.selling_partner_id and p.purchase_id = r.purchase_id
left join intervention i on i.receipt_id = r.receipt_id and i.kind = 'purchase_added'
cross join lateral (
    select convert_to(
        format('["%s",%s,%s]', encode(p.content_hash, 'hex'), to_json(i.reason), to_json(i.author)), 'UTF8'
    ) as body
) asked
where r.mode = 'manual'
group by r.receipt_id

-- name: cancels_are_what_was_asked
-- A call that was to cancel has the hash of its purchase, which is cancelled; or it was refused, and the purchase is sold.
select
    format('%s %s', k.partner_id, k.request_id) as key,
    k.content_hash <> substr(sha256('\x0000000131'::bytea || int4send(octet_length(asked.body)) || asked.body), 1, 16)
    or p.state is distinct from
        case stored.kind when 'Refusal' then 'confirmed' else 'cancelled' end as is_wrong
from request_key k
cross join lateral json_to_record(convert_from(k.answer, 'UTF8')::json) as stored (kind text)
cross join lateral (select convert_to(format('[%s]', to_json(k.purchase_id)), 'UTF8') as body) asked
left join purchase_key p on p.partner_id = k.partner_id and p.purchase_id = k.purchase_id
where k.method = 'Cancel'

-- name: extensions_are_what_was_asked
-- A call that let a hold live longer has the hash of its purchase and of the seconds that it asked for: those from then to
-- the end that it was told, or, where the hold may not live longer, as many or more, up to half an hour.
select
    format('%s %s', k.partner_id, k.request_id) as key,
    h.hold_id is null or not exists (
        select from generate_series(
            ceil(told.seconds)::bigint,
            case when told.ends_at = h.extensible_to then 1800 else floor(told.seconds)::bigint end
        ) as asked_s
        cross join lateral (
            select convert_to(format('[%s,%s]', to_json(k.purchase_id), asked_s), 'UTF8') as body
        ) asked
        where k.content_hash
            = substr(sha256('\x0000000131'::bytea || int4send(octet_length(asked.body)) || asked.body), 1, 16)
    ) as is_wrong
from request_key k
cross join lateral json_to_record(convert_from(k.answer, 'UTF8')::json) as stored (answer json)
cross join lateral json_to_record(stored.answer -> 'hold') as lives (hold_id uuid, expires_at timestamptz)
cross join lateral (
    select lives.expires_at as ends_at, extract(epoch from lives.expires_at - k.created_at) as seconds
) told
left join hold h
    on h.partner_id = k.partner_id and h.purchase_id = k.purchase_id and h.hold_id = lives.hold_id
where k.method = 'ExtendHold'

-- name: credits_are_what_was_asked
-- The call that credited a sale has the hash of its purchase and of what the member showed; for 72 hours a credit has its
-- call. (Not where what was shown is gone, or may be, as of who was erased, by this name or another. Of a call that found
-- the sale credited, only that it was.)
select
    c.credit_id::text as key,
    not bool_or(case
        when k.content_hash is null then c.credited_at <= transaction_timestamp()
            + coalesce(nullif(current_setting('checkout.clock_offset', true), ''), '0')::interval
            - interval '72 hours'
        when known.shown is null or lost.member_id is not null then true
        else exists (
            select from unnest(known.shown) as one (identifier)
            cross join lateral (
                select convert_to(format('[%s,%s]', to_json(c.purchase_id), one.identifier), 'UTF8') as body
            ) asked
            where k.content_hash
                = substr(sha256('\x0000000131'::bytea || int4send(octet_length(asked.body)) || asked.body), 1, 16)
        )
    end) as is_wrong
from credit c
left join request_key k
    on k.partner_id = c.partner_id and k.purchase_id = c.purchase_id and k.method = 'CreditLater'
    and k.created_at = c.credited_at
left join (
    select name.member_id, i.kind, array_agg(format('"%s","%s"', i.kind, encode(i.digest, 'hex'))) as shown
    from identifier i
    join (
        select member_id, member_id as named_id from member
        union
        select survivor_id, absorbed_id from member_merge
    ) name on name.named_id = i.member_id
    where name.member_id in (select member_id from credit)
    group by name.member_id, i.kind
) known
    on known.member_id = c.member_id
    and known.kind = convert_from(c.facts, 'UTF8')::json #>> '{member,identified_by}'
left join (
    -- While these are one with who was erased later: whose phone or id it was that is gone, nobody can tell.
    select name.member_id,
        range_agg(tstzrange(
            name.since - interval '1 minute', greatest(name.since, m.erased_at) + interval '1 minute', '[]'
        )) as times
    from (
        select member_id, member_id as named_id, null::timestamptz as since from member
        union all
        select survivor_id, absorbed_id, merged_at from member_merge
    ) name
    join member m on m.member_id = name.named_id
    where m.erased_at is not null
    group by name.member_id
) lost
    on lost.member_id = c.member_id and lost.times @> c.credited_at
    and convert_from(c.facts, 'UTF8')::json #>> '{member,identified_by}' in ('phone', 'external_id')
group by c.credit_id

-- name: returns_are_what_was_asked
-- A call of a return has the hash by which that return is known, and for 72 hours each return has its call.
select
    format('%s %s', partner_id, coalesce(made.return_id, encode(content_hash, 'hex'))) as key,
    case
        when call.is_there is null then made.at > transaction_timestamp()
            + coalesce(nullif(current_setting('checkout.clock_offset', true), ''), '0')::interval
            - interval '72 hours'
        else made.return_id is null
    end as is_wrong
from (
    select
        k.partner_id, k.content_hash, k.return_id, coalesce(b.returned_at, n.returned_at) as at,
        case when b.return_receipt_id is null then 'ReturnWithoutReceipt' else 'ConfirmReturn' end as method
    from return_key k
    left join return_receipt b
        on b.bucket = k.home_bucket and b.month = k.month and b.return_receipt_id = k.return_receipt_id
    left join return_without_receipt n
        on n.bucket = k.home_bucket and n.month = k.month and n.return_receipt_id = k.return_receipt_id
) made
full join (
    select distinct partner_id, method, content_hash, true as is_there
    from request_key
    where method in ('ConfirmReturn', 'ReturnWithoutReceipt')
) call using (partner_id, method, content_hash)
