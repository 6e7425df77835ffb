-- For each check, ways to spoil rows that it must notice: run on the history beside this file, with
-- triggers off. A constraint that stands guard over the same thing is dropped first.

-- ---- the ledger

-- spoils: postings_sum_to_zero
update entry set amount = amount - 1 where role = 'issued';

-- spoils: postings_have_entries
delete from entry where posting_id in (select posting_id from posting where kind = 'sale' limit 1);

-- spoils: entries_have_their_posting
delete from posting where kind = 'sale';

-- spoils: entries_have_their_posting
update entry set member_id = '00000000-0000-0000-0000-000000000000' where leg = 0;

-- spoils: posting_kinds_fit_their_legs
update posting set kind = 'opening' where kind = 'adjustment';

-- spoils: posting_kinds_fit_their_legs
update posting set receipt_id = null;

-- spoils: posting_kinds_fit_their_legs
update entry set amount = 1 where role = 'issued';

-- spoils: balances_are_sums_of_entries
update account set balance = balance + 1 where held > 0;

-- spoils: balances_are_sums_of_entries
delete from account where held > 0;

-- spoils: pending_is_the_sum_of_entries
update account set pending = pending + 1 where pending > 0;

-- spoils: pending_is_the_sum_of_entries
delete from entry where role = 'pending';

-- spoils: chains_have_no_gap
update entry set seq = seq + 1 where seq > 1;

-- spoils: chains_have_no_gap
update entry set balance_after = balance_after + 1 where seq = 1;

-- spoils: chains_end_at_their_account
update account set seq = seq + 1 where held > 0;

-- spoils: points_are_conserved
update account set balance = balance + 1 where held > 0;

-- spoils: points_are_conserved
delete from entry where role = 'issued';

-- spoils: points_are_conserved
delete from entry where role = 'expired';

-- spoils: points_are_conserved
update account set pending = pending - 1 where pending > 0;

-- spoils: posting_kinds_fit_their_legs
update posting set kind = 'adjustment' where kind = 'expiry';

-- spoils: posting_kinds_fit_their_legs
update posting set kind = 'expiry' where kind = 'activation';

-- spoils: balances_cover_what_is_set_aside
update account set balance = held - 1 where held > 0;

-- spoils: balances_cover_what_is_set_aside
update account set balance = held + frozen - 1 where frozen > 0;

-- ---- lots

-- spoils: lots_are_sums_of_movements
update lot set remaining = remaining - 1 where held + frozen = 0 and remaining > 0;

-- spoils: lots_are_sums_of_movements
delete from lot where held > 0;

-- spoils: lots_begin_with_their_posting
update lot set issued = issued + 1;

-- spoils: lots_begin_with_their_posting
update lot set origin = 'earned' where origin = 'adjusted';

-- spoils: lots_sum_to_balances
update lot set remaining = remaining - 1 where held + frozen = 0 and remaining > 0;

-- spoils: lot_movements_match_entries
update lot_movement set amount = amount - 1 where amount < 0;

-- spoils: lot_movements_match_entries
update lot set currency = 'stars' where currency = 'pts';

-- spoils: spending_respects_lot_dates
update lot set expires_at = now() - interval '1 day' where remaining < issued;

-- spoils: spending_respects_lot_dates
update lot set active_from = now() + interval '1 day' where remaining < issued;

-- spoils: lots_sum_to_balances
update lot set is_pending = false where is_pending;

-- spoils: lot_movements_match_entries
update lot_movement set activated = activated + 1 where activated > 0;

-- spoils: lot_movements_match_entries
update lot_movement set expired = expired + 1 where expired > 0;

-- spoils: lots_begin_once
update lot set active_from = now() + interval '1 day'
where lot_id in (select lot_id from lot_movement where activated > 0);

-- spoils: lots_begin_once
update lot set is_pending = false where is_pending;

-- spoils: lots_expire_after_their_end
update lot set expires_at = now() where expired > 0;

-- spoils: lots_expire_after_their_end
update lot set expires_at = null where expired > 0;

-- spoils: lots_expired_are_sums_of_movements
update lot set expired = expired - 1 where expired > 0;

-- spoils: lots_are_booked_in_time
update lot set active_from = now() - interval '2 hours' where is_pending;

-- spoils: lots_are_booked_in_time
update lot set expires_at = now() - interval '2 hours' where remaining > held + frozen;

-- ---- holds

-- spoils: lots_hold_what_is_pending
update lot set held = held - 1 where held > 0;

-- spoils: accounts_hold_what_lots_hold
update account set held = held + 1 where held > 0;

-- spoils: accounts_hold_what_is_pending
update hold set points_minor = points_minor + 1 where state = 'pending';

-- spoils: hold_points_lie_in_lots
update hold set lots = '{}' where state = 'pending';

-- spoils: holds_end_once
alter table hold drop constraint hold_ends_once;
update hold set ended_at = now() where state = 'pending';

-- spoils: holds_end_once
update hold set expires_at = expires_at + interval '3 hours';

-- spoils: holds_end_in_time
update hold set expires_at = now() - interval '2 minutes' where state = 'pending';

-- spoils: purchases_have_one_pending_hold
update hold set state = 'pending', ended_at = null where purchase_id = 'held';

-- spoils: holds_have_their_purchase
update hold set purchase_id = 'another' where purchase_id = 'cancelled';

-- spoils: pending_holds_are_of_held_purchases
update purchase_key set state = 'cancelled' where purchase_id = 'pending';

-- spoils: posted_holds_are_of_confirmed_purchases
update hold set state = 'posted', ended_at = now() where state = 'pending';

-- spoils: purchases_name_their_hold
update purchase_key set hold_id = '00000000-0000-0000-0000-000000000000'
where purchase_id = 'pending';

-- ---- limits and budgets

-- spoils: limit_slots_are_sums_of_uses
update limit_slot set used = used + 1;

-- spoils: limit_slots_are_sums_of_uses
delete from limit_slot;

-- spoils: limit_slots_hold_what_is_pending
update limit_slot set held = held + 1;

-- spoils: limit_slots_hold_what_is_pending
delete from hold where state = 'pending';

-- spoils: limits_are_not_exceeded
update limit_use set uses = 3 where overrun = 0;

-- spoils: limits_are_not_exceeded
-- The bound was lowered to what had been used, and the campaign applied once more.
update limit_use u set bound = 1 from receipt r
where r.receipt_id = u.receipt_id and r.purchase_id = 'held' and u.campaign_code <> '';
update hold set created_at = created_at + interval '2 minutes' where purchase_id = 'held';

-- spoils: uses_were_given_the_bound_of_their_rules
-- A worker that compiled the rule wrongly would decide by it and write it.
update limit_use set bound = bound + 1 where campaign_code <> '' and uses > 0;

-- spoils: uses_were_given_the_bound_of_their_rules
update limit_use set limit_code = 'another' where campaign_code <> '';

-- spoils: budgets_are_sums_of_uses
update budget set uses_used = uses_used + 1;

-- spoils: budgets_are_sums_of_uses
update budget_use set discount_minor = discount_minor + 1;

-- spoils: budgets_hold_what_is_pending
update budget set discount_held = discount_held + 1;

-- spoils: budgets_hold_what_is_pending
delete from hold where state = 'pending';

-- spoils: budgets_are_not_exceeded
update budget_use set uses = 51 where uses > 0;

-- spoils: budgets_are_not_exceeded
update budget_use set discount_minor = 1000000 where uses > 0 and overrun_minor = 0;

-- spoils: budgets_are_not_exceeded
update budget_use set overrun_minor = 0;

-- spoils: limits_are_not_exceeded
update limit_use set overrun = 0;

-- spoils: uses_have_their_receipt
delete from receipt where purchase_id = 'guest';

-- spoils: uses_have_their_receipt
update limit_use set owner_id = '00000000-0000-0000-0000-000000000000';
update limit_slot set owner_id = '00000000-0000-0000-0000-000000000000' where not shared;

-- spoils: limits_lie_with_their_owner
update limit_use set bucket = (bucket + 1) % 64;

-- spoils: limits_lie_with_their_owner
update limit_slot set shared = true;

-- ---- returns

-- spoils: returns_stay_within_what_was_sold
update return_line set quantity_milli = quantity_milli + 1;

-- spoils: returns_stay_within_what_was_sold
update purchase_key set returned = '{}' where purchase_id = 'guest';

-- spoils: returns_stay_within_what_was_sold
update purchase_key set returned = '{"1": 2000}' where purchase_id = 'guest';
update return_line b set quantity_milli = 2000 from receipt r
where r.receipt_id = b.receipt_id and r.purchase_id = 'guest' and b.position = 1;

-- spoils: returns_pay_out_what_was_paid
update return_receipt set money_minor = 100000000;

-- spoils: returns_pay_out_what_was_paid
update return_receipt set points_back_minor = points_back_minor + 100000000;

-- spoils: returns_have_lines_and_key
delete from return_key;

-- spoils: returns_have_lines_and_key
delete from return_line;

-- spoils: returns_have_lines_and_key
update return_line l set money_minor = -1 from return_receipt b
where b.return_receipt_id = l.return_receipt_id and b.purchase_id = 'guest';

-- spoils: returns_have_lines_and_key
update return_receipt set answer = pg_temp.spoilt(answer, '{answer,floored,points_value_minor}', '7')
where purchase_id = 'recomputed';

-- spoils: returns_of_everything_give_everything_back
update return_receipt set money_minor = money_minor - 1 where purchase_id = 'guest';

-- spoils: returns_of_everything_give_everything_back
update return_receipt set points_back_minor = points_back_minor - 1
where purchase_id = 'recomputed whole' and points_back_minor > 0;

-- spoils: returns_are_settled_with_their_purchase
update purchase_key set settled = '{}' where purchase_id = 'recomputed';

-- spoils: returns_are_settled_with_their_purchase
update purchase_key set settled = '{"money_minor": 0}' where purchase_id = 'guest';

-- spoils: returns_are_settled_with_their_purchase
update purchase_key set settled = jsonb_set(settled, '{money_minor}', '1') where purchase_id = 'recomputed';

-- spoils: returns_are_settled_with_their_purchase
update return_receipt set points_value_minor = points_value_minor + 1, money_minor = money_minor - 1
where purchase_id = 'recomputed whole' and money_minor > 0;

-- spoils: returns_are_settled_with_their_purchase
update return_receipt set answer = pg_temp.spoilt(answer, '{answer,floored,money_minor}', '-1000000')
where purchase_id = 'recomputed';

-- spoils: return_keys_lead_to_returns
delete from return_receipt;

-- spoils: return_points_are_posted
update return_receipt set points_back_minor = points_back_minor + 1;

-- spoils: return_points_are_posted
delete from return_receipt where points_back_minor > 0;

-- spoils: debts_are_sums_of_entries
update account set debt = debt + 1;

-- ---- receipts

-- spoils: receipts_add_up
update receipt set payable_minor = payable_minor + 1;

-- spoils: receipts_add_up
update receipt set
    payable_minor = -1,
    discount_minor = amount_minor - external_discount_minor - points_value_minor + 1;

-- spoils: receipts_add_up
update receipt set rounding_minor = rounding_minor + 1;

-- spoils: receipts_add_up
update receipt set manual_discount_minor = 0 where manual_discount_minor > 0;

-- spoils: receipts_are_what_was_sent
update receipt set amount_minor = amount_minor + 1;

-- spoils: receipt_points_are_posted
update receipt set points_spent_minor = points_spent_minor + 1;

-- spoils: receipt_points_are_posted
update receipt set points_earned_minor = 0 where member_id is not null;

-- spoils: receipt_points_are_posted
delete from receipt where purchase_id = 'quoted';

-- spoils: receipt_points_are_posted
update receipt set spent_currency = 'stars' where points_spent_minor > 0;

-- spoils: receipt_points_are_posted
update entry set currency = 'stars' where role = 'issued' and currency = 'pts';

-- spoils: prices_were_in_force
update receipt set confirmed_at = confirmed_at + interval '16 minutes'
where purchase_id = 'quoted';

-- spoils: prices_were_in_force
update receipt set confirmed_at = confirmed_at + interval '121 minutes'
where purchase_id = 'held';

-- spoils: receipt_documents_are_json
update receipt set facts = 'gone';

-- spoils: answers_agree_with_receipts
update receipt set payable_minor = payable_minor + 1;

-- spoils: answers_agree_with_receipts
update receipt set purchase_id = 'another';

-- spoils: answers_agree_with_receipts
update receipt set answer = pg_temp.spoilt(answer, '{answer,status}', '"rejected"');

-- spoils: answers_agree_with_receipts
update receipt set answer = pg_temp.spoilt(answer, '{answer,outcome}', '{}');

-- spoils: answers_agree_with_receipts
update receipt set answer = pg_temp.spoilt(answer, '{answer,outcome,redemption}', 'null');

-- spoils: answers_agree_with_receipts
update receipt set answer = pg_temp.spoilt(answer, '{answer,outcome,lines,0,amount_minor}', '1');

-- spoils: answers_agree_with_receipts
update receipt
set answer = pg_temp.spoilt(answer, '{answer,outcome,applied,0,discount_minor}', '1');

-- spoils: answers_agree_with_receipts
update receipt set answer = pg_temp.spoilt(answer, '{answer,outcome,lines}', '[]');

-- spoils: answers_agree_with_receipts
update receipt
set answer = pg_temp.spoilt(answer, '{answer,outcome,lines,0,shares,0,discount_minor}', '1');

-- spoils: answers_agree_with_receipts
update receipt
set answer = pg_temp.spoilt(answer, '{answer,outcome,lines,0,discounts,0,granted_minor}', '1');

-- spoils: answers_agree_with_receipts
update receipt set rounding_minor = 0, payable_minor = payable_minor + rounding_minor
where rounding_minor > 0;

-- spoils: answers_agree_with_receipts
update receipt set spent_currency = 'stars';

-- spoils: answers_agree_with_receipts
update receipt
set answer = pg_temp.spoilt(
    answer, '{answer,outcome,lines,0,shares,0,manual_discount_minor}', '1'
);

-- spoils: answers_agree_with_receipts
delete from limit_use;

-- spoils: answers_agree_with_receipts
update budget_use set discount_minor = 1 where uses > 0 and overrun_minor = 0;

-- spoils: answers_agree_with_receipts
update receipt set answer = pg_temp.spoilt(answer, '{answer,outcome,limit_claims}', '[]');

-- spoils: earned_points_are_posted
update receipt set answer = pg_temp.spoilt(answer, '{answer,outcome,earned,1,points_minor}', '1')
where member_id is not null;

-- spoils: earned_points_are_posted
update receipt set answer = pg_temp.spoilt(answer, '{answer,outcome,earned}', '[]');

-- spoils: earned_points_are_posted
update receipt
set answer = pg_temp.spoilt(answer, '{answer,outcome,lines,0,points,0,points_minor}', '1')
where member_id is not null;

-- spoils: earned_points_are_posted
update entry set amount = amount - 1 where role = 'issued' and currency = 'stars';

-- ---- keys

-- spoils: receipts_have_their_purchase
delete from purchase_key where purchase_id = 'quoted';

-- spoils: confirmed_purchases_have_their_receipt
delete from receipt where purchase_id = 'quoted';

-- spoils: other_purchases_have_no_receipt
update purchase_key set state = 'cancelled', receipt_id = null where purchase_id = 'quoted';

-- spoils: requests_have_their_receipt
delete from receipt where purchase_id = 'guest';

-- spoils: receipts_have_their_request
delete from request_key where method = 'Confirm';

-- spoils: stored_answers_are_readable
update request_key set answer = 'gone' where purchase_id = 'cancelled';

-- spoils: stored_answers_are_readable
update request_key set answer = '{"kind": "CancelAnswer"}' where purchase_id = 'cancelled';

-- spoils: receipt_numbers_have_their_receipt
update natural_key set receipt_number = '18';

-- ---- snapshots

-- spoils: sales_have_their_snapshot
update hold set snapshot_id = repeat('0', 64) where state = 'pending';

-- spoils: sales_have_their_snapshot
update receipt set semantics = 9;

-- spoils: snapshots_are_their_content
update snapshot set semantics = 9;

-- spoils: snapshots_are_their_content
update snapshot set manifest = manifest || ' ';

-- spoils: manifests_name_existing_parts
delete from snapshot_part where part_hash in (select part_hash from snapshot_part limit 1);

-- spoils: parts_are_their_content
update snapshot_part set body = body || ' ';

-- ---- places

-- spoils: members_lie_in_their_bucket
alter table member drop constraint member_bucket_is_crc32;
update member set bucket = (bucket + 1) % 64;

-- spoils: member_rows_lie_with_their_member
update lot set bucket = (bucket + 1) % 64;

-- spoils: member_rows_lie_with_their_member
update hold set member_id = '00000000-0000-0000-0000-000000000000';

-- spoils: identifiers_lead_to_members
update identifier set member_id = '00000000-0000-0000-0000-000000000000' where member_id is not null;

-- spoils: guest_receipts_lie_with_their_store
update receipt set bucket = (bucket + 1) % 64 where member_id is null;

-- spoils: keys_lie_in_their_bucket
update request_key set bucket = (bucket + 1) % 64;

-- spoils: keys_lie_in_their_bucket
update natural_key set bucket = (bucket + 1) % 64;

-- spoils: keys_lie_in_their_bucket
update budget set bucket = (bucket + 1) % 64;

-- spoils: rows_lie_in_their_month
update receipt set confirmed_at = confirmed_at - interval '2 months';

-- ---- members

-- spoils: purchases_count_receipts
update member set purchases = purchases - 1 where purchases > 0;

-- spoils: purchases_count_receipts
update member set last_purchase_on = null where purchases > 0;

-- spoils: keys_lie_in_their_bucket
update point_freeze set bucket = (bucket + 1) % 64;

-- spoils: keys_lie_in_their_bucket
update intervention set bucket = (bucket + 1) % 64 where campaign_code <> '';

-- ---- interventions

-- spoils: lots_freeze_what_is_frozen
update lot set frozen = frozen - 1 where frozen > 0;

-- spoils: lots_freeze_what_is_frozen
update point_freeze set restored_at = now() where restored_at is null;

-- spoils: accounts_freeze_what_lots_freeze
update account set frozen = frozen + 1 where frozen > 0;

-- spoils: freezes_are_what_they_name
update point_freeze set points_minor = points_minor + 1 where restored_at is null;

-- spoils: freezes_are_what_they_name
update point_freeze set currency = 'stars';

-- spoils: freezes_have_their_authors
delete from intervention where kind = 'points_frozen';

-- spoils: freezes_have_their_authors
update point_freeze set restored_at = null where restored_at is not null;

-- spoils: stops_have_their_authors
update campaign_stop set is_stopped = not is_stopped;

-- spoils: stops_have_their_authors
delete from intervention where kind = 'campaign_stopped';

-- spoils: interventions_name_what_exists
update intervention set member_id = '00000000-0000-0000-0000-000000000000' where kind = 'member_blocked';

-- spoils: interventions_name_what_exists
update intervention set digest = '\x00' where digest is not null;

-- spoils: interventions_name_what_exists
update intervention set freeze_id = '00000000-0000-0000-0000-000000000000' where freeze_id is not null;

-- ---- off line

-- spoils: overruns_are_flagged
update budget_use set overrun_minor = 0 where overrun_minor > 0;

-- spoils: overruns_are_flagged
update receipt set flags = '{"points_owed": 1}' where mode = 'online' and not already_paid;

-- spoils: flags_are_answered
update receipt set flags = flags - 'points_owed' where flags ? 'points_owed';

-- spoils: flags_are_answered
update receipt set answer = pg_temp.spoilt(answer, '{answer,flags}', '[]') where flags <> '{}';

-- What has nothing of a kind, as the service writes it, is not opened: each of these looks like that but for one value.

-- spoils: flags_are_answered
update receipt
set answer = pg_temp.rewritten(answer, '"flags":[]', '"flags":[{"kind":"limit_overrun"}]');

-- spoils: points_spent_without_being_there_are_flagged
update receipt
set answer = pg_temp.rewritten(answer, '"flags":[]', '"flags":[{"kind":"points_owed","amount":1}]');

-- spoils: certificates_spent_without_being_there_are_flagged
update receipt
set answer = pg_temp.rewritten(
    answer, '"flags":[]',
    '"flags":[{"kind":"certificate_owed","amount":1,"code":"c~00"}]'
);

-- spoils: certificates_uncharged_are_discounts
update receipt
set answer = pg_temp.rewritten(
    answer, '"flags":[]',
    '"flags":[{"kind":"certificate_uncharged","amount":1000000000,"code":"c~00"}]'
);

-- spoils: certificates_sold_are_active_or_flagged
update receipt
set content = pg_temp.rewritten(
    content, '"certificates_sold":[]',
    '"certificates_sold":[{"position":1,"digest":"00"}]'
);

-- spoils: receipts_spend_what_certificates_paid
update receipt
set answer = pg_temp.rewritten(
    answer, '"certificates":[],"fiscal_lines"',
    '"certificates":[{"code":"c~00","status":"applied","paid_minor":1,"units":0}],"fiscal_lines"'
);

-- spoils: coupon_uses_agree_with_answers
update receipt
set answer = pg_temp.rewritten(
    answer, '"coupons":[]',
    '"coupons":[{"code":"c","used_up":true,"series":"s"}]'
);

-- spoils: coupons_issued_agree_with_answers
update receipt
set answer = pg_temp.rewritten(
    answer, '"coupons_issued":[]',
    '"coupons_issued":[{"coupon_id":"00000000-0000-0000-0000-000000000000"}]'
);

-- spoils: receipts_give_the_gifts_that_they_say
update receipt
set answer = pg_temp.rewritten(
    answer, '"issued":[]',
    '"issued":[{"campaign":"c","kind":"give_gift","code":"g","count":1}]'
);

-- spoils: sales_are_what_was_sent
update receipt
set content = pg_temp.rewritten(content, '"language":""', '"language":null');

-- spoils: sales_are_what_was_sent
update receipt
set content = pg_temp.rewritten(content, '"cashier":""', '"cashier":null');

-- spoils: qr_codes_are_of_one_purchase
update receipt
set content = pg_temp.rewritten(content, '"identifier":["card"', '"identifier":["qr"');

-- spoils: points_spent_without_being_there_are_flagged
update receipt set answer = pg_temp.spoilt(answer, '{answer,flags}', '[]') where flags ? 'points_owed';

-- spoils: points_spent_without_being_there_are_flagged
update entry e set role = 'written_off' from posting p
where p.posting_id = e.posting_id and p.kind = 'sale' and e.role = 'debt';

-- spoils: overruns_are_flagged
update coupon_use set overrun = 0 where overrun > 0;

-- spoils: coupons_are_not_overused
update coupon_use set overrun = 0 where overrun > 0;

-- spoils: certificates_spent_without_being_there_are_flagged
update certificate_entry set against = 'sold' where against = 'owed';

-- spoils: certificates_spent_without_being_there_are_flagged
update receipt set answer = pg_temp.spoilt(answer, '{answer,flags}', '[]') where flags ? 'certificate_owed';

-- spoils: certificates_uncharged_are_discounts
update receipt set external_discount_minor = 0 where flags ? 'certificate_uncharged';

-- spoils: certificates_uncharged_are_discounts
update certificate_entry e set receipt_id = r.receipt_id
from receipt r, certificate c
where r.flags ? 'certificate_uncharged' and c.certificate_id = e.certificate_id
    and convert_from(r.answer, 'UTF8') like '%~' || encode(c.digest, 'hex') || '%';

-- spoils: certificates_sold_are_active_or_flagged
update receipt set answer = pg_temp.spoilt(answer, '{answer,flags}', '[]') where flags ? 'certificate_not_activated';

-- spoils: certificates_sold_are_active_or_flagged
update certificate_entry set against = 'granted' where against = 'sold' and amount > 0 and receipt_id is not null;

-- spoils: certificates_owe_what_entries_say
update certificate set owed = owed + 1;

-- spoils: certificates_owe_what_entries_say
update certificate_entry set against = 'written_off', amount = -amount where against = 'owed';

-- spoils: allowances_count_what_tills_gave_away
delete from limit_use where limit_code = 'allowance:terminal';

-- spoils: allowances_count_what_tills_gave_away
update limit_use set uses = uses - 1 where limit_code = 'allowance:terminal' and uses > 0;

-- spoils: purchases_by_hand_have_their_authors
delete from intervention where kind = 'purchase_added';

-- spoils: purchases_by_hand_have_their_authors
update receipt set mode = 'offline' where mode = 'manual';

-- spoils: purchases_by_hand_give_nothing_away
update receipt set discount_minor = 1 where mode = 'manual';

-- spoils: purchases_by_hand_give_nothing_away
update gift_entry g set moved_by = r.receipt_id, month = r.month from receipt r
where r.mode = 'manual' and g.moved_by = (select moved_by from gift_entry limit 1);

-- spoils: allowances_count_what_was_added_by_hand
delete from limit_use where limit_code = 'allowance:author';

-- spoils: allowances_count_what_was_added_by_hand
update limit_use set uses = uses - 1 where limit_code = 'allowance:author';

-- spoils: allowances_count_what_one_author_corrected
update limit_use set uses = uses - 1 where limit_code = 'allowance:corrections';

-- spoils: allowances_count_what_one_author_corrected
update correction set decided_by = 'boss', decided_at = made_at where decided_by = '' and state = 'booked';

-- ---- credits

-- spoils: credits_have_their_purchase
update purchase_key set credit_id = null where credit_id is not null;

-- spoils: credits_have_their_purchase
update receipt set member_id = '00000000-0000-0000-0000-000000000000' where purchase_id = 'forgotten';

-- spoils: credits_have_their_purchase
update credit set credited_at = credited_at - interval '1 hour';

-- spoils: credits_change_no_price
update credit set answer = pg_temp.spoilt(answer, '{answer,outcome,payable_minor}', '1');

-- spoils: credits_change_no_price
update entry e set amount = amount - 1 from posting p
where p.posting_id = e.posting_id and p.kind = 'credit' and e.role = 'issued';

-- spoils: credit_postings_have_their_credit
update credit set member_id = '00000000-0000-0000-0000-000000000000';

-- ---- corrections

-- spoils: corrections_are_posted
update correction set amount_minor = amount_minor + 1 where state = 'booked';

-- spoils: corrections_are_posted
alter table correction drop constraint correction_is_posted_when_booked;
update correction set state = 'booked' where state = 'proposed';

-- spoils: corrections_are_posted
update posting set author = 'nobody' where kind = 'adjustment';

-- spoils: adjustments_have_their_correction
delete from correction where state = 'undone';

-- spoils: adjustments_have_their_correction
delete from correction where state = 'booked';

-- spoils: undone_corrections_are_reversed
update entry set amount = amount + 1 where role = 'adjusted'
    and posting_id in (select undo_id from correction);

-- spoils: undone_corrections_are_reversed
update correction set undo_id = correction_id where state = 'undone';

-- spoils: decisions_are_of_another_author
update correction set author = decided_by || ' ' where decided_by <> '';

-- spoils: bulks_have_their_corrections
delete from bulk;

-- spoils: bulks_have_their_corrections
update bulk set partner_id = '00000000-0000-0000-0000-000000000000';

-- spoils: bulks_have_their_corrections
drop index correction_of_bulk;
update correction set line = 2 where line > 0;

-- ---- accounts that are frozen, and programs that were left

-- spoils: frozen_accounts_have_their_authors
update account set frozen_at = null;

-- spoils: frozen_accounts_have_their_authors
delete from intervention where kind = 'account_frozen';

-- spoils: those_who_left_have_their_authors
update participation set left_at = null;

-- spoils: those_who_left_have_their_authors
update participation set left_at = now() where left_at is null;

-- spoils: those_who_left_have_no_sales
update participation set left_at = now() - interval '1 day' where member_id in (
    select member_id from receipt where member_id is not null
);
-- ---- coupons and tags

-- spoils: keys_lie_in_their_bucket
update coupon set bucket = (bucket + 1) % 64;

-- spoils: keys_lie_in_their_bucket
update coupon_use set bucket = (bucket + 1) % 64;

-- spoils: member_rows_lie_with_their_member
update member_tag set bucket = (bucket + 1) % 64;

-- spoils: coupons_are_sums_of_uses
update coupon set used = used + 1 where used > 0;

-- spoils: coupons_are_sums_of_uses
delete from coupon where used > 0;

-- spoils: coupons_are_sums_of_uses
update coupon_use set coupon_id = gen_random_uuid();

-- spoils: coupons_hold_what_is_pending
update coupon set held = held - 1 where held > 0;

-- spoils: coupons_hold_what_is_pending
update coupon set held = 1 where held = 0;

-- spoils: coupons_are_not_overused
update coupon set uses_max = 1, used = 2 where used > 0;

-- spoils: coupons_are_not_overused
update coupon set taken_back_at = now() where used > 0;

-- spoils: coupons_are_used_in_their_time
update coupon set member_id = '00000000-0000-0000-0000-000000000000' where used > 0;

-- spoils: coupons_are_used_in_their_time
update coupon set valid_from = now() + interval '1 day' where used > 0;

-- spoils: coupons_are_used_in_their_time
update coupon set valid_until = valid_from where used > 0;

-- spoils: coupon_uses_belong_to_receipts
update coupon_use set receipt_id = gen_random_uuid() where uses > 0;

-- spoils: coupon_uses_belong_to_receipts
update coupon_use set receipt_id = gen_random_uuid() where uses < 0;

-- spoils: coupon_uses_belong_to_receipts
update coupon_use set uses = -2 where uses < 0;

-- spoils: coupon_uses_agree_with_answers
delete from coupon_use where uses > 0;

-- spoils: coupon_uses_agree_with_answers
update receipt set answer = pg_temp.spoilt(answer, '{answer,outcome,coupons}', '[]');

-- spoils: coupons_come_from_an_issue
update coupon_issue set series_code = 'other';

-- spoils: coupons_come_from_an_issue
update coupon set issued_by = gen_random_uuid() where campaign_code <> '';

-- spoils: issues_have_their_coupons
update coupon_issue set coupons = coupons + 1;

-- spoils: coupons_issued_agree_with_answers
delete from coupon where campaign_code <> '' and taken_back_at is null;

-- spoils: coupons_issued_agree_with_answers
update receipt set answer = pg_temp.spoilt(answer, '{answer,coupons_issued}', '[]');

-- spoils: coupons_are_taken_back_with_their_sale
update coupon set taken_back_at = taken_back_at + interval '1 second' where taken_back_at is not null;

-- spoils: blocked_coupons_have_their_authors
update coupon set blocked_at = now() where blocked_at is null;

-- spoils: blocked_coupons_have_their_authors
delete from intervention where kind = 'coupon_blocked';

-- spoils: tags_are_sums_of_gifts
update member_tag set given = given + 1;

-- spoils: tags_belong_to_receipts
update tag_given set receipt_id = gen_random_uuid() where given > 0;

-- spoils: tags_belong_to_receipts
update tag_given set receipt_id = gen_random_uuid() where given < 0;

-- ---- returns without receipt

-- spoils: returns_without_receipt_add_up
update return_without_receipt set money_minor = money_minor + 1;

-- spoils: returns_without_receipt_add_up
delete from return_key k using return_without_receipt n where n.return_id = k.return_id;

-- spoils: return_keys_lead_to_returns
delete from return_without_receipt;

-- spoils: returns_without_receipt_use_their_allowance
delete from limit_use where limit_code = 'allowance:returns';

-- spoils: returns_without_receipt_use_their_allowance
update return_without_receipt set terminal_code = 'another';

-- spoils: returns_without_receipt_move_no_points
update posting set receipt_id = (select return_receipt_id from return_without_receipt limit 1);

-- spoils: effects_have_their_event
delete from outbox where kind = 'returned_without_receipt';

-- spoils: limits_are_not_exceeded
update limit_use set bound = 1 where limit_code = 'allowance:returns';

-- ---- gifts

-- spoils: gift_stocks_are_sums_of_entries
update gift_stock set stock = stock + 1;

-- spoils: gift_stocks_are_sums_of_entries
delete from gift_entry where kind = 'stocked' and count > 0;

-- spoils: gift_stocks_are_sums_of_entries
update gift_entry set is_counted = false where kind = 'given';

-- spoils: gift_stocks_are_sums_of_entries
delete from gift_stock;

-- spoils: gift_stocks_hold_what_is_pending
update gift_stock set held = held + 1 where held < stock;

-- spoils: gift_stocks_hold_what_is_pending
update hold set state = 'voided', ended_at = now() where claims -> 'gifts' <> '[]';

-- spoils: gift_stocks_are_not_overdrawn
alter table gift_stock drop constraint gift_stock_covers_what_is_held;
update gift_stock set stock = -1;

-- spoils: gift_stocks_are_not_overdrawn
alter table gift_stock drop constraint gift_stock_covers_what_is_held;
update gift_stock set held = stock + 1;

-- spoils: receipts_give_the_gifts_that_they_say
delete from gift_entry where kind = 'given' and campaign_code <> '';

-- spoils: receipts_give_the_gifts_that_they_say
update gift_entry set count = count - 1 where kind = 'given' and campaign_code <> '';

-- spoils: receipts_give_the_gifts_that_they_say
update receipt set answer = pg_temp.spoilt(answer, '{answer,outcome,issued}', '[]');

-- spoils: gifts_of_receipts_come_back_once
update gift_entry set count = count + 1 where kind = 'taken_back' and campaign_code <> '';

-- spoils: gifts_of_receipts_come_back_once
update gift_entry set moved_by = gen_random_uuid() where kind = 'taken_back' and campaign_code <> '';

-- spoils: returns_take_the_gifts_that_they_say
delete from gift_entry where kind = 'taken_back' and campaign_code <> '';

-- spoils: returns_take_the_gifts_that_they_say
update gift_entry set moved_by = gen_random_uuid() where kind = 'taken_back' and campaign_code <> '';

-- spoils: gifts_of_operators_have_their_entries
delete from gift_entry where kind = 'given' and campaign_code = '';

-- spoils: gifts_of_operators_have_their_entries
update gift_given set taken_back_at = now(), taken_back_by = 'nobody' where taken_back_at is null;

-- spoils: gifts_cost_what_was_posted
update gift_given set points_minor = points_minor + 1;

-- spoils: gifts_cost_what_was_posted
update entry set amount = amount - 1 where role = 'redeemed'
and posting_id in (select posting_id from posting where kind = 'gift');

-- spoils: gifts_cost_what_was_posted
update posting set kind = 'gift' where kind = 'gift_back';

-- spoils: effects_have_their_event
delete from outbox where kind = 'gift_given';

-- spoils: effects_have_their_event
delete from outbox where kind = 'gift_taken_back';

-- spoils: events_have_their_effect
update outbox set subject_id = uuidv7() where kind = 'gift_given';

-- ---- certificates

-- spoils: certificates_are_sums_of_entries
update certificate set remaining = remaining - 1 where remaining > held;

-- spoils: certificates_are_sums_of_entries
update certificate set seq = seq + 1;

-- spoils: certificates_are_sums_of_entries
alter table certificate drop constraint certificate_bucket_is_crc32;
update certificate set bucket = (bucket + 1) % 64;

-- spoils: certificate_chains_have_no_gap
update certificate_entry set seq = seq + 100 where seq > 1;

-- spoils: certificate_chains_have_no_gap
update certificate_entry set balance_after = balance_after + 1 where seq = 1;

-- spoils: certificate_chains_have_no_gap
update certificate_entry set unit = 'USD';

-- spoils: certificate_chains_have_no_gap
delete from certificate where sold_by is not null;

-- spoils: certificates_are_activated_first
update certificate_entry set against = 'spent' where against = 'sold';

-- spoils: certificates_are_activated_first
update certificate_entry set against = 'expired' where against = 'sold' and amount > 0;

-- spoils: certificates_get_what_others_were_moved_off
update certificate_entry set amount = amount - 1 where against = 'moved' and amount > 0;

-- spoils: certificates_get_what_others_were_moved_off
update certificate_entry set at = at + interval '1 second' where against = 'moved' and amount < 0;

-- spoils: certificates_get_what_others_were_moved_off
update certificate_entry set receipt_id = null where against = 'moved' and amount > 0;

-- spoils: certificates_lead_to_what_they_were_moved_to
update certificate set moved_to = decode(repeat('00', 16), 'hex') where moved_to is not null;

-- spoils: certificates_lead_to_what_they_were_moved_to
update certificate set moved_before = decode(repeat('00', 16), 'hex') where batch_id is null;

-- spoils: certificates_lead_to_what_they_were_moved_to
update certificate set moved_to = digest where moved_to is null and activated_at is not null;

-- spoils: certificates_lead_to_what_they_were_moved_to
update certificate c set unit = 'USD' where exists (select from certificate o where o.moved_to = c.digest);

-- spoils: certificates_hold_what_is_pending
alter table certificate drop constraint certificate_held_within_remaining;
update certificate set held = held + 1;

-- spoils: certificates_hold_what_is_pending
update hold set state = 'voided', ended_at = now() where claims -> 'certificates' <> '[]';

-- spoils: receipts_spend_what_certificates_paid
update certificate_entry set amount = amount - 1 where against = 'spent' and amount < 0;

-- spoils: receipts_spend_what_certificates_paid
delete from certificate_entry where against = 'spent' and amount < 0;

-- spoils: receipts_spend_what_certificates_paid
update receipt set certificates_minor = certificates_minor + 1 where certificates_minor > 0;

-- spoils: receipts_without_certificates_are_paid_without
update receipt set certificates_minor = 1 where certificates_minor = 0;

-- spoils: certificates_get_back_no_more_than_they_paid
update certificate_entry set amount = amount + 10000 where against = 'spent' and amount > 0;

-- spoils: certificates_know_what_sold_them
update certificate set sold_by = '00000000-0000-0000-0000-000000000000' where sold_by is not null;

-- spoils: certificates_know_what_sold_them
update certificate_entry set amount = amount + 1 where against = 'sold' and amount > 0;

-- spoils: batches_have_their_certificates
update certificate_batch set count = count + 1;

-- spoils: batches_have_their_certificates
update certificate set face = face + 1 where batch_id is not null;

-- spoils: returns_pay_out_what_was_paid
update return_receipt set certificates_minor = certificates_minor + 1000000;

-- spoils: returns_have_lines_and_key
update return_line set certificates_minor = certificates_minor + 1;

-- spoils: receipts_add_up
update receipt set certificates_minor = certificates_minor + 1;

-- spoils: answers_agree_with_receipts
update receipt set certificates_minor = certificates_minor + 1;

-- spoils: reconciliations_agree_as_they_say
update reconciliation set agrees = not agrees;

-- ---- the outbox

-- spoils: effects_have_their_event
delete from outbox where kind = 'sale_confirmed';

-- spoils: effects_have_their_event
delete from outbox where kind = 'points_expired';

-- spoils: effects_have_their_event
delete from outbox where kind = 'member_blocked';

-- spoils: effects_have_their_event
update outbox set member_id = null where kind = 'sale_returned' and member_id is not null;

-- spoils: effects_have_their_event
insert into outbox select bucket, month, uuidv7(), partner_id, kind, subject_id, member_id, at, body
from outbox where kind = 'points_adjusted';

-- spoils: cancelled_purchases_have_their_event
delete from outbox where kind = 'sale_cancelled' and body ->> 'purchase_id' = 'cancelled';

-- spoils: enrolled_members_have_their_event
delete from outbox where kind = 'member_enrolled';

-- spoils: events_have_their_effect
update outbox set subject_id = uuidv7() where kind = 'sale_returned';

-- spoils: events_have_their_effect
update outbox set kind = 'card_bound' where kind = 'points_frozen';

-- spoils: events_have_their_effect
update purchase_key set state = 'confirmed' where state = 'cancelled';

-- ---- QR codes

-- spoils: qr_codes_are_of_one_purchase
delete from qr_claim;

-- spoils: qr_codes_are_of_one_purchase
update qr_claim set member_id = '00000000-0000-0000-0000-000000000000';

-- spoils: qr_codes_are_of_one_purchase
update qr_claim set purchase_id = 'another';

-- ---- households

-- spoils: households_count_their_members
update member set household_size = household_size + 1 where household_size > 0;

-- spoils: households_count_their_members
update member set partner_id = '00000000-0000-0000-0000-000000000000' where household_id is not null;

-- spoils: members_lead_to_their_household
update member set household_id = '00000000-0000-0000-0000-000000000000' where household_id is not null;

-- spoils: members_lead_to_their_household
update member set household_size = null where household_size > 0;

-- spoils: members_of_households_keep_no_points
update lot l set remaining = issued from member m where m.member_id = l.member_id and m.household_id is not null;

-- spoils: members_of_households_keep_no_points
update account a set debt = 1 from member m where m.member_id = a.member_id and m.household_id is not null;

-- spoils: receipt_points_are_posted
update receipt set household_id = null where household_id is not null;

-- spoils: return_points_are_posted
update return_receipt set household_id = null where household_id is not null;

-- spoils: transfers_arrive
update entry set amount = amount + 1 where role = 'transferred';

-- spoils: transfers_arrive
delete from posting where posting_id = (select posting_id from posting where kind = 'transfer' limit 1);

-- spoils: households_have_their_history
delete from intervention where kind = 'household_left';

-- spoils: households_have_their_history
update member set household_id = null where household_id is not null;

-- spoils: posting_kinds_fit_their_legs
update posting set kind = 'adjustment' where kind = 'transfer';

-- spoils: corrections_are_posted
update correction set household_id = null where household_id is not null and state = 'booked';

-- spoils: undone_corrections_are_reversed
update correction set household_id = null where household_id is not null and state = 'undone';

-- spoils: gifts_cost_what_was_posted
update gift_given set household_id = null where household_id is not null and taken_back_at is null;

-- spoils: gifts_cost_what_was_posted
update gift_given set household_id = null where household_id is not null and taken_back_at is not null;

-- spoils: credit_postings_have_their_credit
update credit set household_id = null where household_id is not null;

-- spoils: lots_hold_what_is_pending
update hold set household_id = null where household_id is not null and state = 'pending';

-- spoils: accounts_hold_what_is_pending
update hold set household_id = null where household_id is not null and state = 'pending';

-- spoils: tags_belong_to_receipts
update receipt set member_id = household_id where household_id is not null;

-- spoils: those_who_left_have_no_sales
update participation set left_at = now() - interval '1 day' where member_id in (
    select member_id from receipt where household_id is not null
);

-- spoils: households_have_their_history
delete from intervention where kind in ('household_joined', 'household_left');

-- ---- what members bought, and their tiers

-- spoils: visits_are_receipts_less_returns
update visit set spend_minor = spend_minor + 1 where category_code = '' and visits = 1;

-- spoils: visits_are_receipts_less_returns
update visit set visits = 0 where category_code = '';

-- spoils: visits_are_receipts_less_returns
update visit set day = day - 1 where category_code = '';

-- spoils: visits_are_receipts_less_returns
delete from visit where visits = 1;

-- spoils: visits_are_receipts_less_returns
update visit set receipt_id = uuidv7() where category_code = '';

-- spoils: visits_are_receipts_less_returns
delete from return_line;

-- spoils: visits_of_categories_are_parts
update visit set spend_minor = 1000000000000 where category_code <> '';

-- spoils: visits_of_categories_are_parts
update visit set day = day - 1 where category_code <> '';

-- spoils: visits_of_categories_are_parts
delete from visit where category_code = '';

-- spoils: windows_are_sums_of_visits
update visit set spend_minor = spend_minor + 1, visits = 1 - visits;

-- spoils: windows_are_sums_of_visits
update member_window set windows = jsonb_set(windows, '{main,spend,30,-1,1}', '77');

-- spoils: tiers_follow_each_other
update tier_change set from_tier = 'gold' where cause = 'taken_back';

-- spoils: tiers_follow_each_other
delete from tier_change where cause = 'reached';

-- spoils: tiers_follow_each_other
update tier_change set valid_from = valid_from - 1 where cause = 'taken_back';

-- spoils: tiers_are_their_last_change
update participation set tier_code = 'gold' where tier_cause = 'reached';

-- spoils: tiers_are_their_last_change
update participation set tier_until = null where tier_cause = 'reached';

-- spoils: tiers_are_their_last_change
delete from tier_change where cause = 'set';

-- spoils: tiers_were_judged_by_their_figures
update tier_change set figures = jsonb_set(figures, '{counted}', '1') where cause = 'reached';

-- spoils: tiers_were_judged_by_their_figures
update tier_change set figures = jsonb_set(figures, '{counted}', figures -> 'needed') where cause = 'taken_back';

-- spoils: tiers_were_judged_by_their_figures
update tier_change set figures = '{}' where cause = 'reached';

-- spoils: effects_have_their_event
delete from outbox where kind = 'tier_changed';

-- spoils: events_have_their_effect
update outbox set subject_id = uuidv7() where kind = 'tier_changed';

-- ---- the admin's history

-- spoils: admin_history_is_a_chain
update admin_history set reason = 'another one' where seq = 1;

-- spoils: admin_history_is_a_chain
update admin_history set after = '{"name": "another one"}', hash = sha256(previous_hash || admin_history_content(admin_history))
where seq = 1;

-- spoils: admin_history_is_a_chain
delete from admin_history where seq = 2;

-- spoils: admin_history_is_a_chain
update admin_history set clock_from = 2 where seq = 2;

-- spoils: admin_history_is_whole
delete from admin_history where seq = (select max(seq) from admin_history);

-- spoils: admin_history_is_whole
update admin_history_head set hash = sha256(hash);

-- ---- merges and persons

-- spoils: merged_members_lead_to_a_member
update member set merged_into = '00000000-0000-0000-0000-000000000000' where merged_into is not null;

-- spoils: merged_members_lead_to_a_member
update member m set merged_into = a.member_id from member a where a.merged_into = m.member_id;

-- spoils: merged_members_lead_to_a_member
update member_merge set unmerged_at = merged_at where unmerged_at is null;

-- spoils: members_count_their_names
update member set other_names = 0 where other_names > 0;

-- spoils: merges_are_what_members_say
update member set merged_into = null where merged_into is not null;

-- spoils: merges_are_what_members_say
update member_merge set unmerged_at = null where unmerged_at is not null;

-- spoils: merged_members_keep_no_points
update lot l set remaining = issued from member m where m.member_id = l.member_id and m.merged_into is not null;

-- spoils: merged_members_keep_no_points
update account a set debt = 1 from member m where m.member_id = a.member_id and m.merged_into is not null;

-- spoils: moved_lots_keep_what_they_were
update lot set active_from = active_from + interval '1 day' where moved_from is not null;

-- spoils: moved_lots_keep_what_they_were
update lot set moved_from = lot_id where moved_from is not null;

-- spoils: moved_lots_keep_what_they_were
update lot o set expired = o.issued from lot l where l.moved_from = o.lot_id and l.remaining > 0;

-- spoils: lots_begin_with_their_posting
update lot set moved_from = null where moved_from is not null and origin <> 'transferred';

-- spoils: merges_owe_what_was_moved
update member_merge set debts = '{}' where debts <> '{}';

-- spoils: merges_owe_what_was_moved
update member_merge set debts = '{"pts": 100000}' where unmerged_at is null;

-- spoils: merges_have_their_authors
delete from intervention where kind = 'members_merged';

-- spoils: merges_have_their_authors
update member_merge set unmerged_at = null where unmerged_at is not null;

-- spoils: persons_are_members_of_several_partners
update person_link set partner_id = gen_random_uuid() where unlinked_at is null;

-- spoils: persons_are_members_of_several_partners
drop index person_link_of_member;
insert into person (bucket, person_id, made_at)
values (crc32(uuid_send('00000000-0000-0000-0000-000000000001')) % 64, '00000000-0000-0000-0000-000000000001', now());
insert into person_link (bucket, person_id, member_id, partner_id, linked_at)
select p.bucket, p.person_id, l.member_id, l.partner_id, l.linked_at
from person p, person_link l
where p.person_id = '00000000-0000-0000-0000-000000000001' and l.unlinked_at is null;

-- spoils: links_have_their_authors
delete from intervention where kind = 'person_linked';

-- spoils: links_have_their_authors
update person_link set unlinked_at = null where unlinked_at is not null;

-- ---- who was erased

-- spoils: erased_members_are_nobody
delete from intervention where kind = 'member_erased';

-- spoils: erased_members_are_nobody
update member_profile p set email = 'x@example.org' from member m where m.member_id = p.member_id and m.erased_at is not null;

-- spoils: erased_members_are_nobody
update member_profile p set traits = '{"tags": ["vip"]}' from member m where m.member_id = p.member_id and m.erased_at is not null;

-- spoils: erased_members_are_nobody
update identifier i set blocked_at = null from member m where m.member_id = i.member_id and m.erased_at is not null;

-- spoils: erased_members_are_nobody
insert into member_history_key
select bucket, member_id, gen_random_uuid(), decode(repeat('00', 61), 'hex'), decode(repeat('00', 32), 'hex')
from member where erased_at is not null;

-- spoils: erased_members_are_nobody
insert into member_list_entry select bucket, member_id, 'friends' from member where erased_at is not null;

-- spoils: erased_members_are_nobody
update participation p set left_at = null from member m where m.member_id = p.member_id and m.erased_at is not null;

-- spoils: erased_members_are_nobody
update person_link l set unlinked_at = null from member m where m.member_id = l.member_id and m.erased_at is not null;

-- spoils: interventions_name_what_exists
delete from identifier i using member m where m.member_id = i.member_id and m.erased_at is not null and i.kind = 'card';

-- spoils: coupons_are_used_in_their_time
update member_merge set absorbed_id = gen_random_uuid();

-- ---- cards

-- spoils: issued_cards_are_those_of_their_issue
update card_issue set cards = cards + 1;

-- spoils: issued_cards_are_those_of_their_issue
delete from identifier where issue_id is not null and member_id is null;

-- spoils: issued_cards_are_those_of_their_issue
delete from card_issue;

-- spoils: cards_are_of_a_type_that_there_is
delete from card_type;

-- spoils: replaced_cards_have_one_successor
delete from intervention where kind = 'card_replaced';

-- spoils: replaced_cards_have_one_successor
update identifier set replaced_by = null, replaced_for = '' where replaced_by is not null;

-- spoils: replaced_cards_have_one_successor
update identifier set replaced_by = decode(repeat('00', 16), 'hex') where replaced_by is not null;

-- ---- what was sent

-- spoils: sales_are_what_was_sent
update receipt set content = pg_temp.spoilt(content, '{receipt,lines,0,title}', '"another"')
where member_id is null and mode = 'online';

-- spoils: sales_are_what_was_sent
update receipt
set content = pg_temp.rewritten(content, '"points_to_spend":2003', '"points_to_spend":2004')
where purchase_id = 'held';

-- spoils: sales_are_what_was_sent
update receipt
set content = pg_temp.rewritten(content, '"receipt_number":"17"', '"receipt_number":"18"')
where purchase_id = 'quoted';

-- spoils: sales_are_what_was_sent
update receipt set content = pg_temp.rewritten(content, '"points_minor":', '"points_minor":1')
where mode = 'offline';

-- spoils: sales_are_what_was_sent
update purchase_key set content_hash = substr(sha256(content_hash), 1, 16) where purchase_id = 'guest';

-- spoils: sales_are_what_was_sent
update identifier set digest = substr(sha256(digest), 1, 16) where kind = 'card';

-- spoils: sales_are_what_was_sent
-- What was added by hand, to who showed a card and to who was named.
update receipt
set content = pg_temp.rewritten(content, '"receipt_number":"4711"', '"receipt_number":"4712"')
where receipt_number = '4711';

-- spoils: sales_are_what_was_sent
update receipt set member_id = gen_random_uuid() where purchase_id = 'named by hand';

-- spoils: sales_are_what_was_sent
-- Of whom another name was erased: what was bought by a card, which is still there.
update receipt set content = pg_temp.spoilt(content, '{receipt,lines,0,title}', '"another"')
where purchase_id = 'by a card that is blocked';

-- spoils: sales_are_what_was_sent
-- And by a phone before there was that name.
update member_merge set merged_at = merged_at + interval '2 minutes';
update receipt set content = pg_temp.spoilt(content, '{receipt,lines,0,title}', '"another"')
where purchase_id = 'before, by phone';

-- spoils: returns_are_what_was_sent
update return_line set quantity_milli = quantity_milli - 1 where quantity_milli = 500;

-- spoils: returns_are_what_was_sent
update return_receipt set purchase_id = 'held' where purchase_id = 'quoted';

-- spoils: returns_are_what_was_sent
delete from return_key;

-- spoils: returns_without_receipt_are_what_was_sent
update return_without_receipt set goods = jsonb_set(goods, '{2,sku}', '"another"') where return_id = 'unknown goods';

-- spoils: returns_without_receipt_are_what_was_sent
update return_without_receipt set cashier = 'another';

-- spoils: returns_without_receipt_are_what_was_sent
update return_without_receipt set member_id = null where member_id is not null;

-- spoils: returns_without_receipt_are_what_was_sent
delete from return_key k using return_without_receipt n where k.return_receipt_id = n.return_receipt_id;

-- spoils: calls_are_what_was_asked
update correction set amount_minor = amount_minor + 1 where bulk_id is null;

-- spoils: calls_are_what_was_asked
update correction set partner_id = '00000000-0000-0000-0000-000000000000' where bulk_id is null;

-- spoils: calls_are_what_was_asked
update point_freeze set points_minor = points_minor + 1;

-- spoils: calls_are_what_was_asked
update intervention set author = 'another' where kind = 'points_restored';

-- spoils: calls_are_what_was_asked
update intervention set reason = 'another' where kind = 'account_restored';

-- spoils: calls_are_what_was_asked
update gift_given set store_code = 'another';

-- spoils: calls_are_what_was_asked
update gift_given set taken_back_reason = 'another' where taken_back_at is not null;

-- spoils: calls_are_what_was_asked
update intervention set reason = 'another' where kind = 'members_merged';

-- spoils: calls_are_what_was_asked
update intervention set author = 'another' where kind = 'members_unmerged';

-- spoils: calls_are_what_was_asked
update request_key set content_hash = substr(sha256(content_hash), 1, 16) where method = 'FreezePoints';

-- spoils: calls_are_what_was_asked
update request_key set answer = '{"kind": "CancelAnswer", "answer": {}}' where method = 'TakeGiftBack';

-- spoils: calls_are_what_was_asked
delete from request_key where method = 'GiveGift';

-- spoils: calls_are_what_was_asked
delete from point_freeze;

-- spoils: holds_are_what_was_asked
update hold set priced_hash = substr(sha256(priced_hash), 1, 16) where state = 'pending';

-- spoils: holds_are_what_was_asked
-- What was quoted is part of what is asked for.
update hold set outcome = pg_temp.spoilt(outcome, '{payable_minor}', '1') where purchase_id = 'keeps-gift';

-- spoils: holds_are_what_was_asked
-- Whichever of its certificates pays: in order of their codes, which are random, it may be any.
update hold set outcome = pg_temp.rewritten(outcome, '"paid_minor":150', '"paid_minor":1')
where purchase_id = 'keeps-gift';

-- spoils: holds_are_what_was_asked
update hold set created_at = created_at - interval '1 second' where purchase_id = 'pending';

-- spoils: holds_are_what_was_asked
update request_key set content_hash = substr(sha256(content_hash), 1, 16) where method = 'Hold';

-- spoils: holds_are_what_was_asked
delete from request_key where method = 'Hold';

-- spoils: holds_are_what_was_asked
delete from hold where purchase_id = 'keeps-gift';

-- ---- what was asked about purchases

-- spoils: confirms_are_what_was_asked
-- Without a quote, and with one; of a sale that spent less than was held.
update request_key k set content_hash = substr(sha256(k.content_hash), 1, 16) from receipt r
where r.receipt_id = k.receipt_id and r.purchase_id = 'guest' and k.created_at = r.confirmed_at;

-- spoils: confirms_are_what_was_asked
update receipt set answer = pg_temp.spoilt(answer, '{answer,outcome,payable_minor}', '1') where purchase_id = 'quoted';

-- spoils: confirms_are_what_was_asked
update receipt set answer = pg_temp.spoilt(answer, '{answer,outcome,lines,0,shares,0,points_value_minor}', '1')
where purchase_id = 'quoted';

-- spoils: confirms_are_what_was_asked
update receipt set answer = pg_temp.spoilt(answer, '{answer,outcome,certificates,0,paid_minor}', '1')
where purchase_id = 'quoted with a gift';

-- spoils: confirms_are_what_was_asked
update hold set outcome = pg_temp.spoilt(outcome, '{redemption,points_minor}', '1') where purchase_id = 'held for more';

-- spoils: confirms_are_what_was_asked
update purchase_key set content_hash = substr(sha256(content_hash), 1, 16) where purchase_id = 'paid in time';

-- spoils: added_purchases_are_what_was_asked
update request_key set content_hash = substr(sha256(content_hash), 1, 16) where method = 'AddPurchase';

-- spoils: added_purchases_are_what_was_asked
update intervention set author = 'another' where kind = 'purchase_added';

-- spoils: added_purchases_are_what_was_asked
update purchase_key set content_hash = substr(sha256(content_hash), 1, 16) where purchase_id = 'named by hand';

-- spoils: cancels_are_what_was_asked
update request_key set purchase_id = 'another' where method = 'Cancel';

-- spoils: cancels_are_what_was_asked
update purchase_key set state = 'held' where state = 'cancelled';

-- spoils: cancels_are_what_was_asked
update request_key set answer = '{"kind": "CancelAnswer", "answer": {}}' where method = 'Cancel' and purchase_id = 'quoted';

-- spoils: extensions_are_what_was_asked
update request_key set content_hash = substr(sha256(content_hash), 1, 16) where method = 'ExtendHold';

-- spoils: extensions_are_what_was_asked
update request_key set created_at = created_at - interval '1 second' where method = 'ExtendHold' and purchase_id = 'held';

-- spoils: extensions_are_what_was_asked
-- At the end of its time a hold lives no longer, however much was asked for; no less was.
update request_key set created_at = created_at - interval '1 hour' where method = 'ExtendHold' and purchase_id = 'at its end';

-- spoils: extensions_are_what_was_asked
delete from hold where purchase_id = 'held';

-- spoils: credits_are_what_was_asked
update request_key set content_hash = substr(sha256(content_hash), 1, 16) where method = 'CreditLater';

-- spoils: credits_are_what_was_asked
update identifier set digest = substr(sha256(digest), 1, 16) where kind = 'card';

-- spoils: credits_are_what_was_asked
delete from request_key where method = 'CreditLater';

-- spoils: credits_are_what_was_asked
-- Of whom another name was erased: what was credited by a card, which is still there.
update request_key set content_hash = substr(sha256(content_hash), 1, 16)
where method = 'CreditLater' and purchase_id = 'later, by a card that is blocked';

-- spoils: credits_are_what_was_asked
-- And by a phone before there was that name.
update member_merge set merged_at = merged_at + interval '2 minutes';
update request_key set content_hash = substr(sha256(content_hash), 1, 16)
where method = 'CreditLater' and purchase_id = 'later, before, by phone';

-- spoils: returns_are_what_was_asked
update request_key set content_hash = substr(sha256(content_hash), 1, 16) where method = 'ConfirmReturn';

-- spoils: returns_are_what_was_asked
update return_key set content_hash = substr(sha256(content_hash), 1, 16);

-- spoils: returns_are_what_was_asked
delete from request_key where method = 'ReturnWithoutReceipt';

-- ---- what was published

-- spoils: publications_are_of_their_partner
update publication p set snapshot_id = other.snapshot_id from snapshot other where other.partner_id <> p.partner_id;

-- spoils: publications_are_of_their_partner
update published_rules u set snapshot_id = other.snapshot_id from published_rules other
where other.partner_id <> u.partner_id;

-- spoils: published_campaigns_are_in_their_snapshot
insert into published_campaign (partner_id, code, source_hash) select partner_id, 'not there', 0 from published_rules;

-- spoils: published_campaigns_are_in_their_snapshot
delete from published_campaign where code = 'soap';

-- spoils: admin_history_is_a_chain
-- The function that writes the hashes passes over one reason, and the last entry has that one.
create or replace function admin_history_content(entry admin_history) returns bytea language sql immutable as $$
    select convert_to(jsonb_build_array(
        entry.seq, to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), entry.partner_id, entry.author_id,
        entry.author, entry.record, entry.record_key, entry.action, entry.before, entry.after,
        nullif(entry.reason, 'another')
    )::text, 'UTF8')
$$;
update admin_history set reason = 'another' where seq = (select max(seq) from admin_history);
update admin_history entry set hash = sha256(previous_hash || admin_history_content(entry))
where seq = (select max(seq) from admin_history);
update admin_history_head set hash = (select hash from admin_history order by seq desc limit 1);
