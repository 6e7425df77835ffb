"""Events for other systems that were not taken."""
