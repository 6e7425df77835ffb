"""What a worker process does beside answering: follow publications, drop stale cache entries, end overdue holds."""
