-- Snapshots: what a receipt was priced with is kept as it was.

-- name: sales_have_their_snapshot
-- The snapshot of each receipt and hold exists, is its partner's, and has the same semantics.
select
    sale.key,
    s.partner_id is distinct from sale.partner_id
    or s.semantics is distinct from coalesce(sale.semantics, s.semantics) as is_wrong
from (
    select 'receipt ' || receipt_id as key, selling_partner_id as partner_id, snapshot_id, semantics
    from receipt
    union all
    select 'hold ' || hold_id, partner_id, snapshot_id, null from hold
) sale
left join snapshot s using (snapshot_id)

-- name: snapshots_are_their_content
-- A snapshot's id is the SHA-256 of its manifest, which says its versions.
select
    snapshot_id as key,
    snapshot_id <> encode(sha256(manifest), 'hex')
    or (body.schema_version, body.semantics)
        is distinct from (snapshot.schema_version, snapshot.semantics) as is_wrong
from snapshot
cross join lateral jsonb_to_record(convert_from(manifest, 'UTF8')::jsonb)
    as body (schema_version integer, semantics integer)

-- name: manifests_name_existing_parts
-- Every part that a manifest names exists.
select
    format('%s %s %s', s.snapshot_id, part ->> 0, part ->> 1) as key,
    p.part_hash is null as is_wrong
from snapshot s
cross join lateral jsonb_array_elements(convert_from(s.manifest, 'UTF8')::jsonb -> 'parts') part
left join snapshot_part p on p.part_hash = part ->> 2

-- name: parts_are_their_content
-- A part's id is the SHA-256 of its bytes.
select part_hash as key, part_hash <> encode(sha256(body), 'hex') as is_wrong
from snapshot_part
