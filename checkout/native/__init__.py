"""The engine, and what is hot beside it, as machine code where `make compiled` has made it.

Else it is Python as it stands. Both give equal results: the golden corpus, the laws, the oracle and
sales on servers are run with either. Nothing here imports more than the standard library, since
every import of the package passes through it.
"""
