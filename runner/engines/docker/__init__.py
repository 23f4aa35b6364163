"""Builds in containers of Docker or podman."""
