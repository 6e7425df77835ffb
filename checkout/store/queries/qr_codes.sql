-- name: write_qr_claims
-- Codes that were shown for the purchases of this batch: each is one purchase's.
insert into qr_claim (bucket, partner_id, token_id, purchase_id, member_id, claimed_at)
select * from unnest(
    :qr_claim.bucket::smallint[], :qr_claim.partner_id::uuid[], :qr_claim.token_id::uuid[],
    :qr_claim.purchase_id::text[], :qr_claim.member_id::uuid[], :qr_claim.claimed_at::timestamptz[]
)
