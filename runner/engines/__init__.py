"""What runs a build: a container engine, or this machine itself; each is imported when needed."""
