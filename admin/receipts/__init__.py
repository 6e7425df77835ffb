"""Receipts: found by purchase, number, store or day, and shown with the reasons."""
