"""The verifier: what must be true of the whole database, asked in SQL that shares no code with us.

It knows the tables and nothing of the service that fills them: a fault in the engine, the ledger or
a flow cannot hide itself here. Its checks only read, in one transaction over one moment, so it may
run beside the service; it costs a few passes over each table. What the command found last it keeps
in a table of its own, for the pages (`last_run`).
"""
