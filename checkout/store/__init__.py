"""PostgreSQL, the only truth: the pool, named queries, migrations, and errors told by SQLSTATE."""
