"""Pages that are no records: entrance, account, tokens, history, the choice of a partner."""
