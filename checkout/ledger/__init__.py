"""The ledger, pure: lots, accounts, postings, holds, claims, and the book that a batch folds over.

Nothing here reads or writes: a flow loads rows into a `Book` under locks, decisions change it, and
the store writes what changed. The same folds run on PostgreSQL rows and on the plain dicts of a
story.
"""
