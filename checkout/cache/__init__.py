"""Redis or Valkey, disposable: it makes quotes fast and decides nothing.

Flush it, kill it, feed it old values: confirms stay right, since they read PostgreSQL under locks.
"""
