"""What follows from what was granted: claims, coupons, issues, messages, refused sales."""
