-- Members $2 and on, up to $3, of the partner $1: with names, contacts, a card, a tier and an empty account each. Made by
-- their numbers, so the same each time. None of them has bought: what sales look like the demo's members show.
with made as materialized (
    select number, md5('member ' || number)::uuid as id, decode(md5('card ' || number), 'hex') as digest
    from generate_series($2::integer, $3::integer) number
),
rules as (
    select code, document -> 'currencies' -> 0 ->> 'code' as currency
    from program
    where partner_id = $1
    order by code
    limit 1
),
members as (
    insert into member (bucket, member_id, partner_id, purchases, last_purchase_on, created_at)
    select
        crc32(uuid_send(id)) % 64, id, $1, number % 40, current_date - number % 400, now() - make_interval(mins => number)
    from made
),
profiles as (
    insert into member_profile (bucket, member_id, first_name, last_name, email, phone, gender, birth_date)
    select
        crc32(uuid_send(id)) % 64, id, 'Given' || number % 200, 'Family' || number % 4000,
        'm' || number || '@example.org', '+7900' || lpad(number::text, 7, '0'),
        case number % 3 when 0 then '' when 1 then 'female' else 'male' end, date '1950-01-01' + number % 20000
    from made
),
cards as (
    insert into identifier (bucket, partner_id, kind, digest, member_bucket, member_id, masked)
    select crc32(digest) % 64, $1, 'card', digest, crc32(uuid_send(id)) % 64, id, '…' || lpad((number % 10000)::text, 4, '0')
    from made
),
participations as (
    insert into participation (bucket, member_id, program_code)
    select crc32(uuid_send(id)) % 64, id, code from made, rules
)
insert into account (bucket, member_id, currency)
select crc32(uuid_send(id)) % 64, id, currency from made, rules
