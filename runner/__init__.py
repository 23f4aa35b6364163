"""Runs metrics builds as ReSim does, on this machine, without a user interface."""
