"""Campaigns as people work on them: drafts, approval, versions, publication, trying."""
