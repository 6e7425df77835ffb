"""The engine: ``evaluate(snapshot, facts, receipt) -> outcome``, a pure function.

No I/O, clock, randomness or floats: time and state are values. The order of steps stands at the
head of `checkout.engine.evaluate`; the meaning of every rule in ``docs/rules.md``.
"""
