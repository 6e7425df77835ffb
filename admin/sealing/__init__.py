"""What the database must not tell whoever reads it, and the pages must: sealed, and opened."""
