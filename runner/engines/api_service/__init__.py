"""The stub of ReSim's API for a build: start, counts and end."""
