"""A rule in words that a manager understands, with every setting that counts, defaults included.

`campaign_in_words` and `program_in_words` say a checked snapshot's documents as sections of short
sentences. A setting that cannot change what the rule does (how an amount is spread that stands on
one line only) is left out; ``tests/unit/wording_exceptions.py`` lists these with their reasons.
"""
