"""Measurements of how fast and how large things are; the service never imports them."""
