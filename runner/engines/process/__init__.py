"""Builds that run on this machine without a container."""
