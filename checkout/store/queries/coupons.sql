-- name: lock_coupons
-- After the members, sorted: a row per code that a sale carries, or that its hold or return names.
select
    c.bucket, c.partner_id, c.digest, c.coupon_id, c.series_code, c.masked, c.member_id, c.uses_max, c.used, c.held,
    c.valid_from, c.valid_until, c.issued_at, c.issued_by, c.campaign_code, c.blocked_at, c.taken_back_at
from coupon c
join unnest($1::smallint[], $2::uuid[], $3::bytea[]) as w (bucket, partner_id, digest)
    on c.bucket = w.bucket and c.partner_id = w.partner_id and c.digest = w.digest
order by c.bucket, c.partner_id, c.digest
for update of c

-- name: read_coupons
-- The same without a lock: for quotes, and for whoever asks about a code.
select
    c.bucket, c.partner_id, c.digest, c.coupon_id, c.series_code, c.masked, c.member_id, c.uses_max, c.used, c.held,
    c.valid_from, c.valid_until, c.issued_at, c.issued_by, c.campaign_code, c.blocked_at, c.taken_back_at
from coupon c
join unnest($1::smallint[], $2::uuid[], $3::bytea[]) as w (bucket, partner_id, digest)
    on c.bucket = w.bucket and c.partner_id = w.partner_id and c.digest = w.digest

-- name: read_member_coupons
-- A page of a member's coupons that can be used now or later, by id.
select
    c.bucket, c.partner_id, c.digest, c.coupon_id, c.series_code, c.masked, c.member_id, c.uses_max, c.used, c.held,
    c.valid_from, c.valid_until, c.issued_at, c.issued_by, c.campaign_code, c.blocked_at, c.taken_back_at
from coupon c
where c.member_id = any($1::uuid[]) and c.partner_id = $2 and ($3::uuid is null or c.coupon_id > $3)
    and c.used + c.held < c.uses_max and c.blocked_at is null and c.taken_back_at is null
    and (c.valid_until is null or c.valid_until > $4)
order by c.coupon_id
limit $5

-- name: write_coupons
-- What a batch changes of coupons and of tags that sales give. Coupons are locked or new, tags their member's.
with
coupon_written as (
    insert into coupon (
        bucket, partner_id, digest, coupon_id, series_code, masked, member_id, uses_max, used, held, valid_from,
        valid_until, issued_at, issued_by, campaign_code, blocked_at, taken_back_at
    )
    select * from unnest(
        :coupon.bucket::smallint[], :coupon.partner_id::uuid[], :coupon.digest::bytea[], :coupon.coupon_id::uuid[],
        :coupon.series_code::text[], :coupon.masked::text[], :coupon.member_id::uuid[], :coupon.uses_max::integer[],
        :coupon.used::integer[], :coupon.held::integer[], :coupon.valid_from::timestamptz[],
        :coupon.valid_until::timestamptz[], :coupon.issued_at::timestamptz[], :coupon.issued_by::uuid[],
        :coupon.campaign_code::text[], :coupon.blocked_at::timestamptz[], :coupon.taken_back_at::timestamptz[]
    )
),
coupon_changed as (
    update coupon t set
        used = new.used, held = new.held, blocked_at = new.blocked_at, taken_back_at = new.taken_back_at
    from unnest(
        :coupon_changed.bucket::smallint[], :coupon_changed.partner_id::uuid[], :coupon_changed.digest::bytea[],
        :coupon_changed.used::integer[], :coupon_changed.held::integer[], :coupon_changed.blocked_at::timestamptz[],
        :coupon_changed.taken_back_at::timestamptz[]
    ) as new (bucket, partner_id, digest, used, held, blocked_at, taken_back_at)
    where t.bucket = new.bucket and t.partner_id = new.partner_id and t.digest = new.digest
),
coupon_use_written as (
    insert into coupon_use (bucket, month, receipt_id, partner_id, digest, coupon_id, uses, overrun)
    select * from unnest(
        :coupon_use.bucket::smallint[], :coupon_use.month::date[], :coupon_use.receipt_id::uuid[],
        :coupon_use.partner_id::uuid[], :coupon_use.digest::bytea[], :coupon_use.coupon_id::uuid[],
        :coupon_use.uses::integer[], :coupon_use.overrun::integer[]
    )
),
coupon_issue_written as (
    insert into coupon_issue (
        bucket, issue_id, partner_id, source, series_code, coupons, at, author, reason, file_hash
    )
    select * from unnest(
        :coupon_issue.bucket::smallint[], :coupon_issue.issue_id::uuid[], :coupon_issue.partner_id::uuid[],
        :coupon_issue.source::text[], :coupon_issue.series_code::text[], :coupon_issue.coupons::integer[],
        :coupon_issue.at::timestamptz[], :coupon_issue.author::text[], :coupon_issue.reason::text[],
        :coupon_issue.file_hash::bytea[]
    )
),
member_tag_written as (
    insert into member_tag (bucket, member_id, tag, given)
    select * from unnest(
        :member_tag.bucket::smallint[], :member_tag.member_id::uuid[], :member_tag.tag::text[],
        :member_tag.given::integer[]
    )
    on conflict (bucket, member_id, tag) do update set given = excluded.given
)
insert into tag_given (bucket, month, receipt_id, member_id, tag, given)
select * from unnest(
    :tag_given.bucket::smallint[], :tag_given.month::date[], :tag_given.receipt_id::uuid[],
    :tag_given.member_id::uuid[], :tag_given.tag::text[], :tag_given.given::integer[]
)
