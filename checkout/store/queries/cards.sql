-- name: write_cards
-- Cards that are issued and are nobody's yet, and who had them issued.
with card_written as (
    insert into identifier (bucket, partner_id, kind, digest, masked, type_code, issue_id)
    select n.bucket, n.partner_id, 'card', n.digest, n.masked, n.type_code, n.issue_id
    from unnest(
        :card.bucket::smallint[], :card.partner_id::uuid[], :card.digest::bytea[], :card.masked::text[],
        :card.type_code::text[], :card.issue_id::uuid[]
    ) as n (bucket, partner_id, digest, masked, type_code, issue_id)
)
insert into card_issue (bucket, issue_id, partner_id, type_code, cards, at, author, reason)
select * from unnest(
    :card_issue.bucket::smallint[], :card_issue.issue_id::uuid[], :card_issue.partner_id::uuid[],
    :card_issue.type_code::text[], :card_issue.cards::integer[], :card_issue.at::timestamptz[],
    :card_issue.author::text[], :card_issue.reason::text[]
)
