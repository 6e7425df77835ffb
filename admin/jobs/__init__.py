"""Long work: started by a form, done call by call through the service, with its progress."""
