"""The verifier: what must be true of the whole database, asked in SQL that shares no code with us.

It knows the tables and nothing of the service that fills them: a fault in the engine, the ledger or
a flow cannot hide itself here. It only reads, in one transaction over one moment, so it may run
beside the service; it costs a few passes over each table.
"""
