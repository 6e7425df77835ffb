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

-- name: read_rules_words
-- The dictionaries that are records. Archived entries are among them: rules that name them stay as they are.
select 'member_lists' as field, code, '' as kind from member_list where partner_id = $1
union all select 'tags', code, '' from tag where partner_id = $1
union all select 'attributes', code, kind from member_attribute where partner_id = $1
union all select 'coupon_series', code, '' from coupon_series where partner_id = $1
union all select 'segments', code, '' from segment where partner_id = $1
union all select 'card_types', code, '' from card_type where partner_id = $1
order by field, code

-- name: read_rules_campaigns
select document from campaign where partner_id = $1 and status = 'live' order by code

-- name: read_campaign_hashes
select code, jsonb_hash_extended(document, 0) as source_hash from campaign
where partner_id = $1 and status = 'live' order by code

-- name: read_rules_now
-- A hash of all rules but campaigns, how many rows all of them have, and which publication is the newest. Sums do not
-- depend on the order of rows.
with parts (hash, found) as (
    select hash_record_extended(r, 0)::numeric, 1
    from (select code, name, currency_code, currency_exponent, words from partner where partner_id = $1) r
    union all
    select sum(hash_record_extended(r, 1)), count(*)
    from (select document from program where partner_id = $1) r
    union all
    select sum(hash_record_extended(r, 2)), count(*) from (select code, name from chain where partner_id = $1) r
    union all
    select sum(hash_record_extended(r, 3)), count(*)
    from (
        select code, chain_code, program_code, name, address, format, region, time_zone
        from store where partner_id = $1
    ) r
    union all
    select sum(hash_record_extended(r, 4)), count(*)
    from (select code, name, parent_code from category where partner_id = $1) r
    union all
    select sum(hash_record_extended(r, 5)), count(*)
    from (
        select sku, category_code, brand, name, supplier, tags, attributes, flags
        from product where partner_id = $1
    ) r
    union all
    select sum(hash_record_extended(r, 6)), count(*)
    from (
        select 'member_lists' as field, code, '' as kind from member_list where partner_id = $1
        union all select 'tags', code, '' from tag where partner_id = $1
        union all select 'attributes', code, kind from member_attribute where partner_id = $1
        union all select 'coupon_series', code, '' from coupon_series where partner_id = $1
        union all select 'segments', code, '' from segment where partner_id = $1
        union all select 'card_types', code, '' from card_type where partner_id = $1
    ) r
    union all
    select 0, count(*) from campaign where partner_id = $1 and status = 'live'
)
select
    hashtextextended(sum(hash)::text, 0) as rest_hash, sum(found)::bigint as found,
    (select p.seq from publication p where p.partner_id = $1 order by p.seq desc limit 1) as newest_seq
from parts

-- name: read_published_rules
-- Of the newest publication; none where it was made of other things, or checked by other code.
select snapshot_id from published_rules
where partner_id = $1 and rest_hash = $2 and checked_by = $3
    and snapshot_id = (select p.snapshot_id from publication p where p.partner_id = $1 order by p.seq desc limit 1)

-- name: read_changed_campaigns
-- What is live and was not, or was otherwise, and without a document what was and is not any more.
select coalesce(now.code, published.code) as code, now.document, jsonb_hash_extended(now.document, 0) as source_hash
from (select code, document from campaign where partner_id = $1 and status = 'live') now
full join (select code, source_hash from published_campaign where partner_id = $1) published using (code)
where published.source_hash is distinct from jsonb_hash_extended(now.document, 0)
order by 1
limit $2

-- name: newest_publication
select seq from publication where partner_id = $1 order by seq desc limit 1

-- name: write_published_rules
insert into published_rules (partner_id, snapshot_id, rest_hash, checked_by) values ($1, $2, $3, $4)
on conflict (partner_id) do update set
    snapshot_id = excluded.snapshot_id, rest_hash = excluded.rest_hash, checked_by = excluded.checked_by

-- name: forget_published_campaigns
-- Those named, or all of them.
delete from published_campaign where partner_id = $1 and ($2::text[] is null or code = any($2))

-- name: write_published_campaigns
insert into published_campaign (partner_id, code, source_hash)
select $1, code, source_hash from unnest($2::text[], $3::bigint[]) as made (code, source_hash)

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

-- name: tell_refusals
-- Calls that a worker refused, by partner, call and reason, added to those of this hour; two days are kept.
with forgotten as (
    delete from worker_refusal where hour < clock_timestamp() - interval '49 hours'
)
insert into worker_refusal as known (worker_id, hour, partner_id, method, reason, calls)
select $1, date_trunc('hour', clock_timestamp()), told.partner_id, told.method, told.reason, told.calls
from unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[]) as told (partner_id, method, reason, calls)
on conflict (worker_id, hour, partner_id, method, reason) do update set calls = known.calls + excluded.calls

-- name: tell_token_uses
-- Which tokens terminals showed, told by each worker once in ten minutes: what another has told meanwhile is not written anew.
insert into terminal_token_use as known (token_hash, used_at)
select token_hash, clock_timestamp() from terminal_token where token_hash = any($1) order by token_hash
on conflict (token_hash) do update set used_at = excluded.used_at
where known.used_at < excluded.used_at - interval '5 minutes'
