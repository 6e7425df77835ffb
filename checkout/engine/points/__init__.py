"""What the accrual phase keeps books with: rounding, grants, tallies, dates."""
