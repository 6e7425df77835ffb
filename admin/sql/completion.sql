-- What completion and filters offer as one types: the first words that begin so, whatever the capitals.

-- name: offered_brands
select distinct brand as code, '' as name
from product
where brand <> '' and starts_with(lower(brand), lower(:term))
order by 1
limit :rows_max

-- name: offered_product_categories
-- Those that have products: asked of the categories, of which there are fewer, each with one look into an index. Also by a part of the name.
select c.code, c.name
from category c
where (starts_with(lower(c.code), lower(:term)) or strpos(lower(c.name), lower(:term)) > 0)
    and exists (select from product p where p.partner_id = c.partner_id and p.category_code = c.code)
order by c.code
limit :rows_max

-- name: offered_suppliers
select distinct supplier as code, '' as name
from product
where supplier <> '' and starts_with(lower(supplier), lower(:term))
order by 1
limit :rows_max

-- name: offered_goods_tags
select distinct tag as code, '' as name
from product cross join unnest(tags) as tag
where starts_with(lower(tag), lower(:term))
order by 1
limit :rows_max

-- name: offered_goods_attributes
select distinct held.key as code, '' as name
from product cross join jsonb_each_text(attributes) as held
where starts_with(lower(held.key), lower(:term))
order by 1
limit :rows_max

-- name: offered_goods_values
-- With the attributes that have the value.
select held.value as code, string_agg(distinct held.key, ', ' order by held.key) as name
from product cross join jsonb_each_text(attributes) as held
where starts_with(lower(held.value), lower(:term))
group by 1
order by 1
limit :rows_max

-- name: offered_formats
select distinct format as code, '' as name
from store
where format <> '' and starts_with(lower(format), lower(:term))
order by 1
limit :rows_max

-- name: offered_regions
select distinct region as code, '' as name
from store
where region <> '' and starts_with(lower(region), lower(:term))
order by 1
limit :rows_max

-- name: offered_terminals
-- Codes of tills, with the first stores that have one.
select code, array_to_string((array_agg(store_code order by store_code))[1:3], ', ') as name
from terminal
where starts_with(lower(code), lower(:term))
group by code
order by code
limit :rows_max

-- name: offered_campaigns
-- Also by a part of the name; those that are archived are named by no rule that is at work.
select code, coalesce(draft, document) ->> 'name' as name
from campaign
where status <> 'archived' and (
    starts_with(lower(code), lower(:term)) or strpos(lower(coalesce(draft, document) ->> 'name'), lower(:term)) > 0
)
order by code
limit :rows_max
