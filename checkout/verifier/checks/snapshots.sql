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

-- name: publications_are_of_their_partner
-- What was put in force is a snapshot of that partner, and so is what the next publication is compared with: it was in force.
select
    'publication ' || p.seq as key, s.partner_id is distinct from p.partner_id as is_wrong
from publication p
left join snapshot s using (snapshot_id)
union all
select
    'rules of ' || u.partner_id,
    not exists (
        select from publication p where p.partner_id = u.partner_id and p.snapshot_id = u.snapshot_id
    )
from published_rules u

-- name: published_campaigns_are_in_their_snapshot
-- Campaigns that the next publication takes for published are those of the snapshot, all of them: one that is missing in it
-- would never come into force.
select
    format('%s %s', partner_id, code) as key,
    remembered.code is null or held.code is null as is_wrong
from published_campaign remembered
full join (
    select u.partner_id, part ->> 1 as code
    from published_rules u
    join snapshot s on s.snapshot_id = u.snapshot_id and s.partner_id = u.partner_id
    cross join lateral jsonb_array_elements(convert_from(s.manifest, 'UTF8')::jsonb -> 'parts') part
    where part ->> 0 = 'campaign'
) held using (partner_id, code)
