-- name: bulks_of_file
-- Under which names the same file was done before, the latest first.
select code, author, opened_at
from admin_bulk
where file_hash = :file_hash
order by opened_at desc
limit 5

-- name: bulk_states
-- What has become of the corrections of a file by now.
select state, currency, count(*) as rows, cast(sum(greatest(amount_minor, 0)) as bigint) as given,
    cast(-sum(least(amount_minor, 0)) as bigint) as taken
from admin_correction
where bulk_id = (select bulk_id from admin_bulk where code = :bulk)
group by 1, 2
order by 1, 2

-- name: rows_to_end
-- Corrections of a file that are in a state now, in the order of its lines, for the job that ends them.
select
    row_number() over (order by c.line) as number,
    jsonb_build_object(
        'line', c.line, 'correction_id', c.correction_id, 'member_id', c.member_id, 'currency', c.currency,
        'points', round(c.amount_minor * power(10::numeric, -e.exponent), e.exponent)::text
    ) as asked,
    cast(null as jsonb) as told
from admin_correction c
cross join lateral (select coalesce((cast(:exponents as jsonb) ->> c.currency)::integer, 0) as exponent) e
where c.bulk_id = (select bulk_id from admin_bulk where code = :bulk) and c.state = :state

-- name: rows_of_job
-- What a job does row by row, with what has become of each correction since. These are looked up by their lines all at once: joined,
-- all corrections of the file may be read for each page, or for each row of it.
with page as materialized (
    select r.number, r.asked, r.told, (r.asked ->> 'line')::integer as line
    from admin_row_of_job r
    where r.job_id = :job_id and r.number > :behind
    order by r.number
    limit :rows_max
)
select p.number, p.asked, p.told, known.states ->> cast(p.line as text) as state_now
from page p
cross join (
    select jsonb_object_agg(c.line, c.state) as states
    from admin_correction c
    where c.bulk_id = (select bulk_id from admin_bulk where code = :bulk) and c.line = any(array(select line from page))
) known
order by p.number

-- name: refused_rows_of_job
-- Rows that were not done, in the order of the file.
select r.asked, r.told, count(*) over () as all_refused
from admin_row_of_job r
where r.job_id = :job_id and r.told ->> 'state' = 'refused'
order by (r.asked ->> 'line')::integer
limit :rows_max

-- name: tried_rows
-- What the rows of a job would do, those that cannot be done by the reason why.
select r.told ->> 'state' as state, r.told ->> 'reason' as reason, min(r.told ->> 'message') as message, count(*) as rows
from admin_row_of_job r
where r.job_id = :job_id and r.told is not null
group by 1, 2
order by 4 desc, 2

-- name: rows_to_do
-- Rows that were tried out, for the job that does them: those that cannot be done behind the others, told at once.
select
    row_number() over (order by r.told ->> 'state' = 'refused', r.number) as number, r.asked,
    case when r.told ->> 'state' = 'refused' then r.told end as told
from admin_row_of_job r
where r.job_id = :job_id and r.told is not null
