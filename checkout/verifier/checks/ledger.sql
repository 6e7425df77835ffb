-- Points: every movement is balanced, and every balance is the sum of its movements.

-- name: postings_sum_to_zero
-- The entries of each posting sum to zero in each currency: no point comes from nowhere.
select format('%s %s', posting_id, currency) as key, sum(amount) <> 0 as is_wrong
from entry
group by bucket, month, posting_id, currency

-- name: postings_have_entries
-- Each posting moves something.
select p.posting_id::text as key, e.posting_id is null as is_wrong
from posting p
left join (select distinct bucket, month, posting_id from entry) e using (bucket, month, posting_id)

-- name: entries_have_their_posting
-- Each entry belongs to a posting of the same member, bucket and month.
select
    format('%s leg %s', e.posting_id, e.leg) as key,
    p.member_id is distinct from e.member_id as is_wrong
from entry e
left join posting p using (bucket, month, posting_id)

-- name: posting_kinds_fit_their_legs
-- A sale issues and redeems, a return does the reverse; both may leave a debt or write it off (a sale
-- what was spent without being there, which its return takes back), and a debt is paid by itself; an
-- opening, an adjustment and a transfer use their own account, as does what undoes one; a credit only issues;
-- a gift redeems, and one that is taken back does the reverse;
-- activation moves what was pending to the member, expiry moves it from there. Signs fit.
select
    format('%s leg %s', e.posting_id, e.leg) as key,
    not case e.role
        when 'member' then
            case p.kind when 'activation' then e.amount > 0 when 'expiry' then e.amount < 0
            else e.amount <> 0 end
        when 'pending' then
            (p.kind in ('sale', 'opening', 'adjustment', 'credit') and e.amount > 0)
            or (p.kind in ('return', 'activation', 'undo', 'leaving') and e.amount < 0)
            or p.kind = 'transfer'
        when 'expired' then
            (p.kind in ('expiry', 'leaving') and e.amount > 0) or (p.kind in ('return', 'undo') and e.amount < 0)
            or p.kind = 'transfer'
        when 'issued' then
            (p.kind in ('sale', 'credit') and e.amount < 0) or (p.kind = 'return' and e.amount > 0)
        when 'redeemed' then
            (p.kind in ('sale', 'gift') and e.amount > 0)
            or (p.kind in ('return', 'gift_back') and e.amount < 0)
        when 'debt' then
            (p.kind in ('sale', 'return', 'undo') and e.amount < 0)
            or (p.kind in ('debt', 'return', 'leaving') and e.amount > 0)
            or p.kind = 'transfer'
        when 'written_off' then
            (p.kind in ('sale', 'return', 'undo', 'leaving') and e.amount < 0)
            or (p.kind in ('return', 'leaving') and e.amount > 0)
        when 'opening' then p.kind = 'opening' and e.amount < 0
        when 'adjusted' then p.kind in ('adjustment', 'undo') and e.amount <> 0
        when 'transferred' then p.kind = 'transfer' and e.amount <> 0
    end or (p.kind in ('sale', 'return', 'credit')) <> (p.receipt_id is not null) as is_wrong
from entry e
join posting p using (bucket, month, posting_id)

-- name: balances_are_sums_of_entries
-- An account's balance is the sum of its member's entries.
select
    format('%s %s', member_id, currency) as key,
    a.balance is distinct from coalesce(e.total, 0) as is_wrong
from account a
full join (
    select bucket, member_id, currency, sum(amount) as total
    from entry where role = 'member'
    group by bucket, member_id, currency
) e using (bucket, member_id, currency)

-- name: debts_are_sums_of_entries
-- What an account owes is what returns left and was not paid since.
select
    format('%s %s', member_id, currency) as key,
    a.debt is distinct from coalesce(-e.total, 0) as is_wrong
from account a
full join (
    select bucket, member_id, currency, sum(amount) as total
    from entry where role = 'debt'
    group by bucket, member_id, currency
) e using (bucket, member_id, currency)

-- name: pending_is_the_sum_of_entries
-- What of an account is pending is the sum of what was given to start later, less what has started.
select
    format('%s %s', member_id, currency) as key,
    a.pending is distinct from coalesce(e.total, 0) as is_wrong
from account a
full join (
    select bucket, member_id, currency, sum(amount) as total
    from entry where role = 'pending'
    group by bucket, member_id, currency
) e using (bucket, member_id, currency)

-- name: chains_have_no_gap
-- The entries of an account count from 1 without gap, each with the balance after it.
select
    format('%s %s entry %s', member_id, currency, seq) as key,
    seq is distinct from 1 + coalesce(lag(seq) over chain, 0)
    or balance_after is distinct from amount + coalesce(lag(balance_after) over chain, 0)
    as is_wrong
from entry
where role = 'member'
window chain as (partition by bucket, member_id, currency order by seq)

-- name: chains_end_at_their_account
-- The last entry of an account has the account's sequence and balance.
select
    format('%s %s', a.member_id, a.currency) as key,
    a.seq <> coalesce(e.seq, 0) or a.balance <> coalesce(e.balance_after, 0) as is_wrong
from account a
left join (
    select distinct on (bucket, member_id, currency)
        bucket, member_id, currency, seq, balance_after
    from entry where role = 'member'
    order by bucket, member_id, currency, seq desc
) e using (bucket, member_id, currency)

-- name: points_are_conserved
-- Per currency, what members have, pending points too, is what was issued, opened and adjusted less
-- what was redeemed and what has expired.
select currency as key, sum(total) <> 0 as is_wrong
from (
    select currency, sum(balance + pending) as total from account group by currency
    union all
    select currency, sum(amount) from entry
    where role not in ('member', 'pending')
    group by currency
) sides
group by currency

-- name: balances_cover_what_is_set_aside
-- No account is below zero, or has more held and frozen than it has. (What is active by its dates
-- may be set aside before it is booked as active.)
select
    format('%s %s', member_id, currency) as key,
    balance < 0 or pending < 0 or held < 0 or frozen < 0 or held + frozen > balance + pending
    as is_wrong
from account
