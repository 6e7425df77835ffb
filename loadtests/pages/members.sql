-- Members $2 and on, up to $3, of the partner $1: with names, contacts, a card, a tier, an account, what they bought and what is
-- known of them. Made by their numbers, so the same each time: some words hold for half of all, others for hundreds, and some
-- for those only who joined first, which a list of the newest comes to last.
with made as materialized (
    select
        number, id, (crc32(uuid_send(id)) % 64)::smallint as bucket, decode(md5('card ' || number), 'hex') as digest,
        -- Picks that have nothing to do with each other.
        hashint4extended(number, 1) & 65535 as dice, hashint4extended(number, 2) & 65535 as die
    from (
        -- As the service makes them, ids begin with a moment: the later a member joined, the greater.
        select
            number,
            (lpad(to_hex(1790000000000 - number * 60000::bigint), 12, '0') || '7' || substr(md5(number::text), 14))::uuid as id
        from generate_series($2::integer, $3::integer) number
    ) numbered
),
tags as (
    insert into tag (partner_id, code)
    select $1, unnest(array['half', 'tenth', 'hundredth', 'few', 'oldest', 'sold'])
    on conflict do nothing
),
-- Those who have the tag: when a segment is counted next, nobody's profile changes.
segments as (
    insert into segment (partner_id, code, conditions, counted_at)
    select $1, code, jsonb_build_object('tag', code), now() from unnest(array['half', 'hundredth']) code
    on conflict do nothing
),
lists as (
    insert into member_list (partner_id, code) values ($1, 'tenth'), ($1, 'thousandth') on conflict do nothing
),
attributes as (
    insert into member_attribute (partner_id, code, kind) values ($1, 'children', 'number') on conflict do nothing
),
rules as (
    select code, document -> 'currencies' -> 0 ->> 'code' as currency, document -> 'tiers' as tiers
    from program
    where partner_id = $1
    order by code
    limit 1
),
members as (
    insert into member (bucket, member_id, partner_id, purchases, last_purchase_on, created_at)
    select
        bucket, id, $1, number % 40, current_date - number % 400, now() - make_interval(mins => number)
    from made
),
profiles as (
    insert into member_profile (bucket, member_id, first_name, last_name, email, phone, gender, birth_date, traits)
    select
        bucket, id, 'Given' || number % 200, 'Family' || number % 4000,
        case when dice % 4 > 0 then 'm' || number || '@example.org' else '' end,
        '+7900' || lpad(number::text, 7, '0'),
        case number % 3 when 0 then '' when 1 then 'female' else 'male' end, date '1950-01-01' + number % 20000,
        jsonb_strip_nulls(jsonb_build_object(
            'tags', nullif(jsonb_path_query_array(jsonb_build_array(
                case when dice % 2 = 0 then 'half' end,
                case when dice % 10 = 0 then 'tenth' end,
                case when dice % 100 = 0 then 'hundredth' end,
                case when number % 50000 = 0 then 'few' end,
                case when number > 900000 or number between 18000 and 20000 then 'oldest' end
            ), '$[*] ? (@ != null)'), '[]'),
            'segments', nullif(jsonb_path_query_array(jsonb_build_array(
                case when dice % 2 = 0 then 'half' end,
                case when dice % 100 = 0 then 'hundredth' end
            ), '$[*] ? (@ != null)'), '[]'),
            'attributes', jsonb_build_object('children', die % 5)
        ))
    from made
),
cards as (
    insert into identifier (bucket, partner_id, kind, digest, member_bucket, member_id, masked, created_at)
    select
        crc32(digest) % 64, $1, 'card', digest, bucket, id, '…' || lpad((number % 10000)::text, 4, '0'),
        now() - make_interval(mins => number)
    from made
),
participations as (
    insert into participation (bucket, member_id, program_code, tier_code)
    select bucket, id, code, tiers -> (case when dice % 20 = 0 then 1 else 0 end) ->> 'code' from made, rules
),
bought as (
    insert into visit (bucket, member_id, receipt_id, program_code, day, spend_minor, visits, points_minor)
    select
        bucket, id, md5('receipt ' || number || ' ' || visit)::uuid, code, current_date - number % 400 - visit,
        (dice * 7 + visit) % 300000, 1, 0
    from made, rules, generate_series(0, 1) visit
),
listed as (
    insert into member_list_entry (bucket, member_id, list_code)
    select bucket, id, list_code
    from made, (values ('tenth', 10), ('thousandth', 1000)) as lists (list_code, one_in)
    where die % one_in = 0
),
tagged as (
    insert into member_tag (bucket, member_id, tag, given)
    select bucket, id, 'sold', 1 from made where die % 20 = 0
)
insert into account (bucket, member_id, currency, balance)
select bucket, id, currency, number % 10000 from made, rules
