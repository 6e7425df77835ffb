"""Codes one by one: a certificate or a coupon is blocked, or let go again, through the service."""
