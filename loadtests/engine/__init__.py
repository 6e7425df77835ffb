"""The engine alone: evaluation, compilation and memory, on generated rules and receipts."""
