"""The member page: what is known of somebody, and what can be done for them through the service."""
