"""Conditions, compiled: each says whether it holds, and if not what it needs and what it saw.

One class per condition kind of the schema. Rules of meaning: ``docs/rules.md`` §2.
"""
