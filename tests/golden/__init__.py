"""The golden corpus: what the engine answered when a number of `semantics` was made.

Snapshots, facts, receipts and outcomes, bit for bit. From the first release on a change that
alters one of them is a new number of `semantics`, and the old one stays runnable beside it.
"""
