"""`python -m checkout reference`: every rule with its fields and worked examples, as one page.

The page is made of the typed schema and of the stories alone, so it cannot say what is not so.
"""
