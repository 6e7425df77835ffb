"""The engine as machine code, where `make compiled` has made it; else Python as it stands.

Both give equal results: the golden corpus, the laws and the oracle are run with either. Nothing
here imports more than the standard library, since every import of the package passes through it.
"""
