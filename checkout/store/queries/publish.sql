-- name: read_rules_partner
select code, name, currency_code, currency_exponent, words from partner where partner_id = $1

-- name: read_rules_programs
select document from program where partner_id = $1 order by code

-- name: read_rules_chains
select code, name from chain where partner_id = $1 order by code

-- name: read_rules_stores
select code, chain_code, program_code, name, address, format, region, time_zone
from store where partner_id = $1 order by code

-- name: read_rules_categories
select code, name, parent_code from category where partner_id = $1 order by code

-- name: read_rules_products
select sku, category_code, brand, name, supplier, tags, attributes, flags from product where partner_id = $1 order by sku

-- name: read_rules_lists
select code from member_list where partner_id = $1 order by code

-- name: read_rules_card_types
select code from card_type where partner_id = $1 order by code

-- name: read_rules_campaigns
select document from campaign where partner_id = $1 and status = 'live' order by code

-- name: write_snapshot_parts
insert into snapshot_part (part_hash, body)
select * from unnest($1::text[], $2::bytea[])
on conflict do nothing

-- name: known_snapshot_parts
select part_hash from snapshot_part where part_hash = any($1::text[])

-- name: write_snapshot
insert into snapshot (snapshot_id, partner_id, schema_version, semantics, manifest)
values ($1, $2, $3, $4, $5)
on conflict do nothing

-- name: lock_publications
-- One after the other: workers follow the highest number, so numbers must become visible in order.
select pg_advisory_xact_lock(hashtextextended('publication', 0))

-- name: write_publication
insert into publication (partner_id, snapshot_id, author, note, published_at)
values (
    $1, $2, $3, $4,
    transaction_timestamp()
        + coalesce(nullif(current_setting('checkout.clock_offset', true), '')::interval, interval '0')
)
returning seq, published_at

-- name: tell_worker_snapshots
-- What a worker answers with; workers that have not been heard of for an hour are forgotten.
with forgotten as (
    delete from worker_snapshot where seen_at < clock_timestamp() - interval '1 hour' and worker_id <> $1
)
insert into worker_snapshot as known
    (worker_id, host, process_id, partner_id, snapshot_id, in_force_at, seen_at)
select $1, $2, $3, told.partner_id, told.snapshot_id, clock_timestamp(), clock_timestamp()
from unnest($4::uuid[], $5::text[]) as told (partner_id, snapshot_id)
on conflict (worker_id, partner_id) do update set
    snapshot_id = excluded.snapshot_id,
    in_force_at = case
        when known.snapshot_id = excluded.snapshot_id then known.in_force_at else excluded.in_force_at
    end,
    seen_at = excluded.seen_at
