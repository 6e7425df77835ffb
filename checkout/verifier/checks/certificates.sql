-- Certificates: money and units that were prepaid are spent once, and what paid comes back once.

-- name: certificates_are_sums_of_entries
-- What is left of a certificate is what its entries add up to, and what the last of them says.
select
    c.certificate_id::text as key,
    (c.seq, c.remaining, c.remaining)
        is distinct from (coalesce(e.last_seq, 0), coalesce(e.total, 0), coalesce(e.last_balance, 0))
    or c.remaining not between 0 and c.face
    or c.bucket <> crc32(c.digest) % 64 as is_wrong
from certificate c
left join (
    select
        certificate_id, max(seq) as last_seq, sum(amount) as total,
        (array_agg(balance_after order by seq desc))[1] as last_balance
    from certificate_entry
    group by certificate_id
) e using (certificate_id)

-- name: certificate_chains_have_no_gap
-- Each entry follows the one before it, is of a certificate that exists, and in its unit.
select
    format('%s %s', e.certificate_id, e.seq) as key,
    c.certificate_id is null
    or (e.partner_id, e.unit, e.bucket) is distinct from (c.partner_id, c.unit, c.bucket)
    or e.seq <> coalesce(e.seq_before, 0) + 1
    or e.balance_after <> coalesce(e.balance_before, 0) + e.amount as is_wrong
from (
    select
        *, lag(seq) over chain as seq_before, lag(balance_after) over chain as balance_before
    from certificate_entry
    window chain as (partition by certificate_id order by seq)
) e
left join certificate c on c.certificate_id = e.certificate_id

-- name: certificates_are_activated_first
-- Something is on a certificate only after it was sold, given, or took over from another; what is spent and expires goes
-- off it, what comes back goes to it.
select
    format('%s %s', certificate_id, seq) as key,
    case against
        when 'expired' then amount >= 0
        when 'granted' then balance_after <> greatest(amount, 0) and amount > 0
        when 'sold' then amount > 0 and balance_after <> amount
        else false
    end
    or (amount <> 0 and first_move not in ('sold', 'granted', 'moved')) as is_wrong
from (
    select
        *, first_value(against) over (
            partition by certificate_id order by amount = 0, seq
        ) as first_move
    from certificate_entry
) e

-- name: certificates_get_what_others_were_moved_off
-- What was moved off a certificate was moved to others of the partner in the same moment, and by the same return if by one.
select
    format('%s %s %s %s', partner_id, unit, at, receipt_id) as key,
    sum(amount) <> 0 as is_wrong
from certificate_entry
where against = 'moved'
group by partner_id, unit, at, receipt_id

-- name: certificates_lead_to_what_they_were_moved_to
-- What a certificate was moved to is a certificate of the partner, and in its unit, and something was moved off the first.
select
    format('%s %s', c.certificate_id, encode(heir.digest, 'hex')) as key,
    n.certificate_id is null
    or heir.is_own and not exists (
        select from certificate_entry e
        where e.bucket = c.bucket and e.certificate_id = c.certificate_id and e.against = 'moved' and e.amount < 0
    ) as is_wrong
from certificate c
cross join lateral (values (c.moved_to, true), (c.moved_before, false)) as heir (digest, is_own)
left join certificate n
    on n.bucket = crc32(heir.digest) % 64 and n.partner_id = c.partner_id and n.digest = heir.digest
        and n.unit = c.unit
where heir.digest is not null

-- name: certificates_hold_what_is_pending
-- What is held of a certificate is what pending holds set aside.
select
    coalesce(c.certificate_id::text, h.digest) as key,
    c.held is distinct from coalesce(h.total, 0) as is_wrong
from certificate c
full join (
    select hold.partner_id, claim.digest, sum(claim.amount) as total
    from hold
    cross join lateral jsonb_to_recordset(hold.claims -> 'certificates')
        as claim (digest text, amount bigint)
    where hold.state = 'pending'
    group by hold.partner_id, claim.digest
) h on h.partner_id = c.partner_id and h.digest = encode(c.digest, 'hex')

-- name: receipts_spend_what_certificates_paid
-- What an answer says a certificate paid is what was taken off it, once; the receipt knows the sum.
select
    coalesce(told.receipt_id, spent.receipt_id)::text as key,
    (told.amount, told.paid_minor)
        is distinct from (spent.amount, case told.units when 0 then spent.amount else told.paid_minor end)
    or told.certificates_minor is distinct from told.paid_in_all as is_wrong
from (
    select
        r.receipt_id, r.certificates_minor, split_part(paid.code, '~', 2) as digest,
        case paid.units when 0 then paid.paid_minor else paid.units end as amount,
        paid.paid_minor, paid.units,
        sum(paid.paid_minor) over (partition by r.receipt_id) as paid_in_all
    from receipt r
    cross join lateral jsonb_to_recordset(
        convert_from(r.answer, 'UTF8')::jsonb #> '{answer,outcome,certificates}'
    ) as paid (code text, status text, paid_minor bigint, units bigint)
    -- Most outcomes end with no certificates, and such an answer, as the service writes it, need not be opened.
    where strpos(convert_from(r.answer, 'UTF8'), '"certificates":[],"fiscal_lines"') = 0
        and paid.status = 'applied'
) told
full join (
    select e.receipt_id, encode(c.digest, 'hex') as digest, -sum(e.amount) as amount
    from certificate_entry e
    join certificate c using (bucket, certificate_id)
    join receipt r on r.receipt_id = e.receipt_id
    where e.against = 'spent'
    group by e.receipt_id, c.digest
) spent using (receipt_id, digest)

-- name: receipts_without_certificates_are_paid_without
-- A receipt whose answer names no certificate that paid has no part that one paid.
select
    r.receipt_id::text as key,
    r.certificates_minor <> 0 and not exists (
        select from jsonb_to_recordset(
            convert_from(r.answer, 'UTF8')::jsonb #> '{answer,outcome,certificates}'
        ) as paid (status text)
        where paid.status = 'applied'
    ) as is_wrong
from receipt r

-- name: certificates_get_back_no_more_than_they_paid
-- All returns of a receipt together give a certificate at most what it paid for that receipt.
select
    format('%s %s', certificate_id, receipt_id) as key,
    coalesce(back.amount > paid.amount, true) as is_wrong
from (
    select e.certificate_id, b.receipt_id, sum(e.amount) as amount
    from certificate_entry e
    join return_receipt b on b.return_receipt_id = e.receipt_id
    where e.against = 'spent'
    group by e.certificate_id, b.receipt_id
) back
left join (
    select certificate_id, receipt_id, -sum(amount) as amount
    from certificate_entry
    where against = 'spent'
    group by certificate_id, receipt_id
) paid using (certificate_id, receipt_id)

-- name: certificates_know_what_sold_them
-- The sale that a certificate names has put its face on it.
select c.certificate_id::text as key, sale.receipt_id is null as is_wrong
from certificate c
left join (
    select distinct e.certificate_id, e.receipt_id, e.amount
    from certificate_entry e
    join receipt r on r.receipt_id = e.receipt_id
    where e.against in ('sold', 'granted')
) sale
    on sale.certificate_id = c.certificate_id and sale.receipt_id = c.sold_by and sale.amount = c.face
where c.sold_by is not null

-- name: batches_have_their_certificates
-- As many certificates as were issued together, all of their series, unit and face.
select
    b.batch_id::text as key,
    b.count is distinct from c.count
    or c.faces is distinct from array[row(b.partner_id, b.series_code, b.unit, b.face)::text] as is_wrong
from certificate_batch b
left join (
    select
        batch_id, count(*) as count,
        array_agg(distinct row(partner_id, series_code, unit, face)::text) as faces
    from certificate
    group by batch_id
) c using (batch_id)
