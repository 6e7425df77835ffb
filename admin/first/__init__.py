"""The first page: what a manager wants in the morning, as pictures with their tables."""
