"""Logs. Names of persons, contacts and credentials never enter them."""
