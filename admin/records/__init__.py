"""Plain records: what is listed, searched, sorted, exported, made and changed."""
