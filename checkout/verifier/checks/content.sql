-- What was sent: a purchase knows a repetition by a hash of its content, and the receipt keeps that content. The text that
-- was hashed is put together here anew: JSON without spaces, keys in order, without what has its default.

-- name: sales_are_what_was_sent
-- What a receipt keeps of what was sent has the hash that its purchase was given when it came. (Not where a guest showed
-- what stands for nobody, nor where a phone or an id may be that of a name that was erased since: receipts keep none of them.)
select
    sale.receipt_id::text as key,
    sale.has_nulls or not sale.is_lost and not exists (
        select from unnest(sale.shown) as one (identifier)
        cross join unnest(sale.named) as who (member)
        cross join lateral (
            select convert_to(
                '[{' || sale.head || one.identifier || sale.tail || '},{' || sale.settled || '}]', 'UTF8'
            ) as body offset 0  -- put together once, and not wherever it is named
        ) online
        cross join lateral (
            select substr(
                sha256('\x0000000131'::bytea || int4send(octet_length(online.body)) || online.body), 1, 16
            ) as hash offset 0
        ) online_hash
        cross join lateral (
            select convert_to(
                '["' || encode(online_hash.hash, 'hex') || '","' || sale.mode || '",' || sale.taken || ']', 'UTF8'
            ) as body
        ) offline
        cross join lateral (
            select substr(
                sha256('\x0000000131'::bytea || int4send(octet_length(offline.body)) || offline.body), 1, 16
            ) as hash
        ) offline_hash
        cross join lateral (
            select convert_to('["' || encode(offline_hash.hash, 'hex') || '","' || who.member || '"]', 'UTF8') as body
        ) manual
        where sale.content_hash = case sale.mode
            when 'online' then online_hash.hash
            when 'offline' then offline_hash.hash
            else substr(sha256('\x0000000131'::bytea || int4send(octet_length(manual.body)) || manual.body), 1, 16)
        end
    ) as is_wrong
from (
    select
        r.receipt_id, r.mode, k.content_hash,
        -- What is null reads below as what is missing; the service writes a null for a day only.
        num_nulls(
            asked.store, asked.local_time, asked.utc_offset_minutes, asked.lines, asked.coupons, asked.certificates,
            asked.channel, asked.tenders, asked.manual_permission, asked.language, asked.points_to_spend
        ) > 0 and exists (select from json_each(sent.receipt) where value::text = 'null')
        or num_nulls(
            settled.tenders, settled.shift, settled.receipt_number, settled.cashier, settled.fiscal,
            settled.certificates_sold
        ) > 0 and exists (
            select from json_each(sent.settlement) where value::text = 'null' and key <> 'business_day'
        ) as has_nulls,
        lost.member_id is not null as is_lost,
        case
            when sent.identifier ->> 0 is null then array['']
            when sent.identifier ->> 0 = 'qr' then claimed.shown
            else known.shown
        end as shown,
        -- By hand it is added to a member who is named, or who shows something.
        case
            when r.mode = 'manual' and sent.identifier ->> 0 is null then r.member_id::text || absorbed.ids
            else array['']
        end as named,
        concat(
            -- What was shown off line is told with what was taken of it.
            case when r.mode = 'online' then (
                select '"certificates":[' || string_agg(
                    '[' || (c -> 'code')::text || case when c ->> 'at_most' <> '0' then ',' || (c -> 'at_most')::text else '' end
                        || ']',
                    ',' order by c ->> 'code' collate "C", (c ->> 'at_most')::bigint
                ) || '],'
                from json_array_elements(asked.certificates) c
            ) end,
            '"channel":' || nullif(asked.channel::text, '"till"') || ',',
            '"coupons":' || nullif(asked.coupons::text, '[]') || ','
        ) as head,
        concat(
            '"language":' || nullif(asked.language::text, '""') || ',',
            '"lines":[' || (
                select string_agg('{' || line.body || '}', ',' order by place)
                from json_array_elements(asked.lines) with ordinality as each (line, place)
                cross join lateral (
                    select string_agg(to_json(key)::text || ':' || value::text, ',' order by key collate "C") as body
                    from json_each(each.line)
                    where key in ('position', 'sku', 'quantity_milli', 'price_minor', 'amount_minor')
                        or value::text not in ('0', '""', 'false', case key when 'kind' then '"goods"' else '0' end)
                ) line
            ) || '],',
            '"manual_permission":' || nullif(asked.manual_permission::text, '""') || ',',
            '"offset":' || nullif(asked.utc_offset_minutes::text, '0') || ',',
            '"partner":"' || replace(r.selling_partner_id::text, '-', '') || '",',
            '"points":' || nullif(asked.points_to_spend::text, '0') || ',',
            '"purchase_id":' || to_json(r.purchase_id)::text || ',',
            '"store":' || asked.store::text || ',',
            (
                select '"tenders":[' || string_agg(
                    '[' || concat_ws(
                        ',', (t -> 'kind')::text, (t -> 'bin')::text, nullif((t -> 'token')::text, '""')
                    ) || ']',
                    ',' order by place
                ) || '],'
                from json_array_elements(asked.tenders) with ordinality as each (t, place)
            ),
            '"time":' || asked.local_time::text
        ) as tail,
        concat_ws(
            ',',
            '"business_day":' || nullif(settled.business_day::text, 'null'),
            '"cashier":' || nullif(settled.cashier::text, '""'),
            (
                select '"certificates":[' || string_agg(
                    '[' || (c -> 'position')::text || ',' || (c -> 'digest')::text || ']', ',' order by place
                ) || ']'
                from json_array_elements(settled.certificates_sold) with ordinality as each (c, place)
            ),
            (
                select '"fiscal":{' || string_agg(
                    to_json(key)::text || ':' || value::text, ',' order by key collate "C"
                ) || '}'
                from json_each(settled.fiscal)
            ),
            '"receipt_number":' || nullif(settled.receipt_number::text, '""'),
            '"shift":' || nullif(settled.shift::text, '""'),
            (
                select '"tenders":[' || string_agg(
                    '[' || concat_ws(',', (t -> 'kind')::text, (t -> 'amount_minor')::text, (t -> 'bin')::text) || ']',
                    ',' order by place
                ) || ']'
                from json_array_elements(settled.tenders) with ordinality as each (t, place)
            )
        ) as settled,
        concat_ws(
            ',',
            '[' || (
                select coalesce(string_agg(
                    '[' || concat_ws(
                        ',', (d -> 'position')::text, (d -> 'campaign')::text, (d -> 'amount_minor')::text
                    ) || ']',
                    ',' order by place
                ), '')
                from json_array_elements(sent.already_paid -> 'discounts') with ordinality as each (d, place)
            ) || ']',
            (sent.already_paid -> 'points_minor')::text,
            (
                select '[' || string_agg(
                    '[' || concat_ws(
                        ',', (c -> 'code')::text, (c -> 'amount_minor')::text, (c -> 'position')::text, (c -> 'units')::text
                    ) || ']',
                    ',' order by place
                ) || ']'
                from json_array_elements(sent.already_paid -> 'certificates') with ordinality as each (c, place)
            )
        ) as taken
    from receipt r
    cross join lateral json_to_record(convert_from(r.content, 'UTF8')::json)
        as sent (receipt json, identifier json, settlement json, already_paid json)
    cross join lateral json_to_record(sent.receipt) as asked (
        store json, local_time json, utc_offset_minutes json, lines json, coupons json, certificates json,
        channel json, tenders json, manual_permission json, language json, points_to_spend json
    )
    cross join lateral json_to_record(sent.settlement) as settled (
        tenders json, shift json, receipt_number json, cashier json, business_day json, fiscal json,
        certificates_sold json
    )
    join purchase_key k on k.partner_id = r.selling_partner_id and k.purchase_id = r.purchase_id
    left join (
        select
            partner_id, purchase_id,
            array_agg('"identifier":["qr","' || replace(token_id::text, '-', '') || '"],') as shown
        from qr_claim
        group by partner_id, purchase_id
    ) claimed on claimed.partner_id = r.selling_partner_id and claimed.purchase_id = r.purchase_id
    left join (
        select
            name.member_id, i.kind,
            array_agg('"identifier":["' || i.kind || '","' || encode(i.digest, 'hex') || '"],') as shown
        from identifier i
        join (
            select member_id, member_id as named_id from member
            union
            select survivor_id, absorbed_id from member_merge
        ) name on name.named_id = i.member_id
        group by name.member_id, i.kind
    ) known on known.member_id = r.member_id and known.kind = sent.identifier ->> 0
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
        on lost.member_id = r.member_id and lost.times @> r.confirmed_at
        and sent.identifier ->> 0 in ('phone', 'external_id')
    left join (
        select survivor_id as member_id, array_agg(absorbed_id::text) as ids from member_merge group by survivor_id
    ) absorbed on absorbed.member_id = r.member_id
    -- Not to be folded into where it is used, here as above: each text is put together once.
    offset 0
) sale
where sale.shown is not null

-- name: returns_are_what_was_sent
-- What came back by a return, its numbers and its shift have the hash that the return was given when it came: with the
-- quantities that are kept, or none, which is all that was left; with its day, or none, which is the store's.
select
    b.return_receipt_id::text as key,
    not exists (
        select from (values (lines.sent), ('')) as quantities (text)
        cross join (values (b.business_day::text), ('')) as day (text)
        cross join lateral (
            select convert_to(
                '[' || concat_ws(
                    ',', to_json(b.purchase_id)::text, to_json(b.return_id)::text, '[' || quantities.text || ']',
                    '[' || concat_ws(
                        ',', to_json(b.shift)::text, to_json(b.receipt_number)::text, to_json(b.cashier)::text,
                        to_json(day.text)::text
                    ) || ']'
                ) || ']',
                'UTF8'
            ) as body
        ) written
        where k.content_hash
            = substr(sha256('\x0000000131'::bytea || int4send(octet_length(written.body)) || written.body), 1, 16)
    ) as is_wrong
from return_receipt b
left join return_key k
    on k.partner_id = b.partner_id and k.return_id = b.return_id
left join lateral (
    select string_agg(format('[%s,%s]', l.position, l.quantity_milli), ',' order by l.position) as sent
    from return_line l
    where l.bucket = b.bucket and l.month = b.month and l.return_receipt_id = b.return_receipt_id
        and l.quantity_milli > 0
) lines on true

-- name: returns_without_receipt_are_what_was_sent
-- Goods that came back without their receipt, the reason, the numbers and the shift have the hash that the return was given
-- when it came: with its day, or none, which is the one it came on. (Not where a card was shown that stands for nobody, nor
-- of who was erased: what they showed is not kept.)
select
    n.return_receipt_id::text as key,
    not exists (
        select from unnest(coalesce(known.shown, array[''])) as one (identifier)
        cross join (values (n.business_day::text), ('')) as day (text)
        cross join lateral (
            select convert_to(
                '["without receipt",' || concat_ws(
                    ',', to_json(n.return_id)::text, '[' || goods.sent || ']', '[' || one.identifier || ']',
                    '[' || concat_ws(
                        ',', to_json(n.shift)::text, to_json(n.receipt_number)::text, to_json(n.cashier)::text,
                        to_json(day.text)::text
                    ) || ']',
                    to_json(n.reason)::text
                ) || ']',
                'UTF8'
            ) as body
        ) written
        where k.content_hash
            = substr(sha256('\x0000000131'::bytea || int4send(octet_length(written.body)) || written.body), 1, 16)
    ) as is_wrong
from return_without_receipt n
left join return_key k on k.partner_id = n.partner_id and k.return_id = n.return_id
cross join lateral (
    select string_agg(
        format(
            '[%s,%s,%s,%s,%s]', position, sent -> 'sku', sent -> 'quantity_milli', sent -> 'price_minor',
            sent -> 'amount_minor'
        ),
        ',' order by position::integer
    ) as sent
    from jsonb_each(n.goods) as line (position, sent)
) goods
left join (
    select member_id, array_agg(format('"%s","%s"', kind, encode(digest, 'hex'))) as shown
    from identifier
    where member_id in (select member_id from return_without_receipt)
    group by member_id
) known on known.member_id = n.member_id
left join member m on m.member_id = n.member_id
left join member survivor on survivor.member_id = m.merged_into
where coalesce(survivor.erased_at, m.erased_at) is null
    and convert_from(n.answer, 'UTF8')::json #>> '{answer,identifier_reason}' is null
