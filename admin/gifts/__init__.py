"""Gifts of the programs' lists, and how many of each there are."""
