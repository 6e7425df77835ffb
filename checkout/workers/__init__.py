"""What a worker process does beside answering.

Follow publications, drop stale cache entries, end overdue holds.
"""
