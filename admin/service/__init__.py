"""The service, as pages call it: for the person who pressed the button."""
