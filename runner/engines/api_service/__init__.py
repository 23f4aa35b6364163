"""The stub of ReSim's API beside a build: how it is started and read."""
