-- What was asked: a call knows a repetition by a hash of what it asked for. What came of it keeps that, too, so the text
-- that was hashed is put together here anew: JSON without spaces. Members may have been named by who is one with them now.

-- name: calls_are_what_was_asked
-- What operators corrected, froze, gave, merged, and took back of it by a call has the hash that the call was given when it
-- came; the call leads to it, and for 72 hours it has its call. (Of a call that found it done before, only that it was.)
with named as (
    select purse_id, array_agg(member_id) as ids
    from (
        select survivor_id as purse_id, absorbed_id as member_id from member_merge
        union
        select household_id, member_id from intervention where kind = 'household_joined'
        union
        select i.household_id, g.absorbed_id
        from intervention i
        join member_merge g on g.survivor_id = i.member_id
        where i.kind = 'household_joined'
    ) one
    group by purse_id
)
select
    format('%s %s', method, id) as key,
    case
        when call.content_hash is null then made.at > transaction_timestamp()
            + coalesce(nullif(current_setting('checkout.clock_offset', true), ''), '0')::interval
            - interval '72 hours'
        when made.texts is null then true
        else call.changed and not exists (
            select from unnest(made.texts) as one (text)
            cross join lateral (select convert_to(one.text, 'UTF8') as body) asked
            where call.content_hash
                = substr(sha256('\x0000000131'::bytea || int4send(octet_length(asked.body)) || asked.body), 1, 16)
        )
    end as is_wrong
from (
    select
        partner_id, method, id, max(at) as at,
        array_agg('[' || concat_ws(',', said, to_json(reason), to_json(author), more) || ']') as texts
    from (
        select
            c.partner_id, 'AdjustBalance' as method, c.correction_id::text as id, c.made_at as at,
            format('"%s",%s,%s', name.member_id, to_json(c.currency), c.amount_minor) as said, c.reason, c.author,
            nullif(c.days, 0) as more
        from correction c
        left join named on named.purse_id = c.member_id
        cross join lateral unnest(c.member_id || named.ids) as name (member_id)
        where c.bulk_id is null
        union all
        select
            f.partner_id, 'FreezePoints', f.freeze_id::text, f.frozen_at,
            format('"%s",%s,%s', name.member_id, to_json(f.currency), amount.text), i.reason, i.author, null
        from point_freeze f
        join intervention i on i.freeze_id = f.freeze_id and i.kind = 'points_frozen'
        left join named on named.purse_id = f.member_id
        cross join lateral unnest(f.member_id || named.ids) as name (member_id)
        -- Without an amount all there is was asked for.
        cross join lateral (values (f.points_minor::text), ('null')) as amount (text)
        union all
        select
            partner_id, 'RestorePoints', freeze_id::text, at, to_json(freeze_id)::text, reason, author, null
        from intervention
        where kind = 'points_restored'
        union all
        select
            i.partner_id, 'FreezeAccount', format('%s %s %s', i.kind = 'account_restored', i.currency, i.at), i.at,
            format('"%s",%s,%s', name.member_id, to_json(i.currency), to_json(i.kind = 'account_restored')),
            i.reason, i.author, null
        from intervention i
        left join named on named.purse_id = i.member_id
        cross join lateral unnest(i.member_id || named.ids) as name (member_id)
        where i.kind in ('account_frozen', 'account_restored')
        union all
        select
            g.partner_id, 'GiveGift', g.gift_given_id::text, g.given_at,
            format('"%s",%s,%s,%s', name.member_id, to_json(g.gift_code), g.count, to_json(g.store_code)),
            g.reason, g.author, null
        from gift_given g
        left join named on named.purse_id = g.member_id
        cross join lateral unnest(g.member_id || named.ids) as name (member_id)
        union all
        select
            partner_id, 'TakeGiftBack', gift_given_id::text, taken_back_at, to_json(gift_given_id)::text,
            taken_back_reason, taken_back_by, null
        from gift_given
        where taken_back_at is not null
        union all
        select
            g.partner_id, 'MergeMembers', g.merge_id::text, g.merged_at,
            format('"%s","%s"', g.absorbed_id, g.survivor_id), i.reason, i.author, null
        from member_merge g
        join intervention i on i.merge_id = g.merge_id and i.kind = 'members_merged'
        union all
        select
            g.partner_id, 'UnmergeMembers', format('%s %s', g.absorbed_id, g.survivor_id), g.unmerged_at,
            to_json(g.merge_id)::text, i.reason, i.author, null
        from member_merge g
        join intervention i on i.merge_id = g.merge_id and i.kind = 'members_unmerged'
    ) result
    group by partner_id, method, id
) made
full join (
    select
        k.partner_id, k.method, k.content_hash,
        case k.method
            when 'AdjustBalance' then stored.answer ->> 'correction_id'
            when 'FreezeAccount' then
                format(
                    '%s %s %s', not (stored.answer ->> 'frozen')::boolean, stored.answer #>> '{balance,currency}',
                    k.created_at
                )
            when 'MergeMembers' then stored.answer ->> 'merge_id'
            when 'UnmergeMembers' then format('%s %s', stored.answer ->> 'absorbed_id', stored.answer ->> 'survivor_id')
            else coalesce(stored.answer ->> 'freeze_id', stored.answer ->> 'gift_given_id')
        end as id,
        coalesce((stored.answer ->> 'changed')::boolean, stored.answer ->> 'restored_minor' <> '0', true) as changed
    from request_key k
    cross join lateral json_to_record(convert_from(k.answer, 'UTF8')::json) as stored (kind text, answer json)
    where k.method in (
            'AdjustBalance', 'FreezePoints', 'RestorePoints', 'FreezeAccount', 'GiveGift', 'TakeGiftBack',
            'MergeMembers', 'UnmergeMembers'
        )
        and stored.kind <> 'Refusal'
        and not (k.method = 'FreezeAccount' and stored.answer ->> 'changed' = 'false')
) call using (partner_id, method, id)

-- name: holds_are_what_was_asked
-- A hold has the hash of what its call asked for: what is priced, how long it was to live, and the price that had been
-- quoted, if one had; the call leads to it, and for 72 hours it has its call.
select
    hold_id::text as key,
    case
        when call.content_hash is null then h.created_at > transaction_timestamp()
            + coalesce(nullif(current_setting('checkout.clock_offset', true), ''), '0')::interval
            - interval '72 hours'
        when h.created_at is null then true
        else not exists (
            select from (
                values (''), (encode(substr(
                    sha256('\x0000000131'::bytea || int4send(octet_length(priced.body)) || priced.body), 1, 16
                ), 'hex'))
            ) as quoted (price)
            cross join lateral (
                select convert_to(
                    format(
                        '["%s",%s,"%s"]',
                        encode(h.priced_hash, 'hex'), extract(epoch from call.expires_at - h.created_at)::bigint,
                        quoted.price
                    ),
                    'UTF8'
                ) as body
            ) asked
            where call.content_hash
                = substr(sha256('\x0000000131'::bytea || int4send(octet_length(asked.body)) || asked.body), 1, 16)
        )
    end as is_wrong
from hold h
full join (
    select
        k.partner_id, k.content_hash,
        (stored.answer #>> '{hold,hold_id}')::uuid as hold_id,
        (stored.answer #>> '{hold,expires_at}')::timestamptz as expires_at
    from request_key k
    cross join lateral json_to_record(convert_from(k.answer, 'UTF8')::json) as stored (kind text, answer json)
    where k.method in ('Quote', 'Hold') and stored.kind <> 'Refusal' and stored.answer ->> 'status' <> 'rejected'
) call using (partner_id, hold_id)
cross join lateral (select convert_from(h.outcome, 'UTF8')::json as said) outcome
-- What is paid: money, points, by the till's lines, with certificates.
cross join lateral (
    select convert_to(
        '[' || concat_ws(
            ',', said ->> 'payable_minor', said #>> '{redemption,points_minor}',
            (
                select '[' || coalesce(string_agg(
                    format(
                        '[%s,%s,%s,%s]', share ->> 'position', share ->> 'manual_discount_minor',
                        share ->> 'discount_minor', share ->> 'points_value_minor'
                    ),
                    ',' order by (share ->> 'position')::integer
                ), '') || ']'
                from json_array_elements(said -> 'lines') line
                cross join lateral json_array_elements(line -> 'shares') share
            ),
            (
                select '[' || string_agg(
                    format('[%s,%s,%s,[%s]]', c -> 'code', c ->> 'paid_minor', c ->> 'units', parts.told),
                    ',' order by place
                ) || ']'
                from json_array_elements(said -> 'certificates') with ordinality as each (c, place)
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
    ) as body
) priced
