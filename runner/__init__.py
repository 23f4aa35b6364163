"""Runs metrics builds as ReSim does, on this machine; every room of it is headless."""
