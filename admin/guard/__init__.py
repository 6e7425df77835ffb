"""What stands before every page: who asks, whether the request is theirs, headers, errors."""
