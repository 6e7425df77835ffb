"""What managers write: the typed documents of which a snapshot consists.

Unknown fields, kinds and operators are refused here, references and impossible rules in
`checkout.engine.problems`: at run time a broken rule cannot exist. What the rules mean stands in
``docs/rules.md``.
"""
