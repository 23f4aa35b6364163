"""Watching the files that runs depend on, and telling what a new run changed."""
