"""Starting and ending: worker processes, secrets of a local installation, `run` and `demo`."""
