"""Corrections by file: a file read, tried out, done as a job, and taken back."""
