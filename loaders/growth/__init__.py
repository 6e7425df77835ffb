"""Fills a database with members and receipts by the million, copies of some that were sold to."""
