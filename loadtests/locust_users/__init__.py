"""Tills as users of Locust: real baskets sold over the real client, in mixes that have names."""
