-- Rights on the queue's tables: the service reads, writes and removes jobs; the verifier and the metrics look.
grant select, insert, update, delete on pgqueuer, pgqueuer_log, pgqueuer_schedules, pgqueuer_statistics to checkout_app;
grant usage on sequence pgqueuer_id_seq, pgqueuer_log_id_seq, pgqueuer_schedules_id_seq, pgqueuer_statistics_id_seq
    to checkout_app;
grant select on pgqueuer, pgqueuer_log, pgqueuer_schedules, pgqueuer_statistics to checkout_verifier;
