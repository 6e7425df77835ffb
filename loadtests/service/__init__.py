"""The whole service under load: its cost per call beside that of a bare gRPC echo, and pgbench."""
