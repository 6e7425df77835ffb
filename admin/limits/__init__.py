"""Limits and budgets of the rules, and what is used of them."""
