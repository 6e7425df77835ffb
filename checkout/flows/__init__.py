"""Use cases, one file each: they mix the pure rooms with the store and the cache.

Decide nothing themselves.

What changes anything is an `Operation` and goes through group commit; the rest reads.
"""
