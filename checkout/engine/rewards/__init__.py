"""Rewards, compiled: what each wishes on the portions that are open to it (``docs/rules.md``)."""
