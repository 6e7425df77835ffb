-- Beside the card that each member of the partner $1 has: cards of a type that are nobody's yet (a fifth), blocked ones (a
-- fiftieth), some that their card took the place of (a hundredth), phones (a tenth) and ids of other systems (a thousandth).
with types as (
    insert into card_type (partner_id, code, name, prefix, digits)
    values ($1, 'plain', 'Plain', '299', 13), ($1, 'unprinted', 'Not printed yet', '298', 13)
    on conflict do nothing
),
held as materialized (
    select digest, member_bucket, member_id, get_byte(digest, 0) * 256 + get_byte(digest, 1) as dice
    from identifier
    where partner_id = $1 and kind = 'card' and type_code = '' and member_id is not null
),
made as (
    select what, kind, decode(md5(what || encode(digest, 'hex')), 'hex') as digest, digest as of_card, member_bucket, member_id, dice
    from held
    join (values
        ('new', 'card', 5), ('blocked', 'card', 50), ('replaced', 'card', 100), ('phone', 'phone', 10), ('id', 'external_id', 1000)
    ) as more (what, kind, one_in) on dice % one_in = 0
)
insert into identifier (
    bucket, partner_id, kind, digest, member_bucket, member_id, masked, blocked_at, type_code, issue_id, replaced_by, replaced_for,
    created_at
)
select
    crc32(digest) % 64, $1, kind, digest, case when what <> 'new' then member_bucket end, case when what <> 'new' then member_id end,
    '…' || lpad((dice % 10000)::text, 4, '0'), case when what in ('blocked', 'replaced') then now() end,
    case when kind = 'card' then 'plain' else '' end, case when what = 'new' then md5(what)::uuid end,
    case when what = 'replaced' then of_card end, case when what = 'replaced' then 'lost' else '' end,
    now() - make_interval(mins => dice)
from made
-- Of a database that is filled further those of earlier are there.
on conflict on constraint identifier_taken do nothing
