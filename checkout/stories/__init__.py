"""Stories: whole examples - rules, members, then sale, hold, confirm, cancel, time passing.

They are told in YAML with the figures that are expected, and run on the pure rooms in memory: the
very operations of the flows over plain dicts, so that anyone can execute an example without a
server. The same stories run through gRPC on PostgreSQL in the tests, with equal answers. Here too:
evaluation of single receipts, and the JSON Schema of every document.
"""
