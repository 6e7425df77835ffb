-- Cards: issued once, of a type that there is, and replaced by exactly one other card.

-- name: issued_cards_are_those_of_their_issue
-- As many cards were issued together as somebody answers for, all of that type.
select
    format('%s %s', type_code, issue_id) as key,
    i.cards is distinct from c.cards as is_wrong
from (select issue_id, partner_id, type_code, cards::bigint as cards from card_issue) i
full join (
    select issue_id, partner_id, type_code, count(*) as cards
    from identifier
    where issue_id is not null
    group by issue_id, partner_id, type_code
) c using (issue_id, partner_id, type_code)

-- name: cards_are_of_a_type_that_there_is
-- What the service issued is of a type that its partner has.
select
    format('%s %s', i.type_code, i.masked) as key,
    t.code is null as is_wrong
from identifier i
left join card_type t on t.partner_id = i.partner_id and t.code = i.type_code
where i.type_code <> ''

-- name: replaced_cards_have_one_successor
-- A card that was replaced was so once, by somebody, and its successor is a card that somebody has.
select
    format('%s %s', partner_id, encode(digest, 'hex')) as key,
    i.has_successor is distinct from true or coalesce(r.times, 0) <> 1 as is_wrong
from (
    select old.partner_id, old.digest, new.member_id is not null as has_successor
    from identifier old
    left join identifier new
        on new.bucket = crc32(old.replaced_by) % 64 and new.partner_id = old.partner_id and new.kind = 'card'
        and new.digest = old.replaced_by
    where old.replaced_by is not null
) i
full join (
    select partner_id, digest, count(*) as times
    from intervention
    where kind = 'card_replaced'
    group by partner_id, digest
) r using (partner_id, digest)
