"""The pages for managers: one Starlette process beside the service, on the same database.

It has a role of its own in the database, keeps partners apart by policies, and writes a history of
every change. Whatever moves points goes through `checkout.client`, never through SQL.
"""
