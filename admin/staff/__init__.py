"""People who sign in: passwords, sessions, locks, one-time links."""
