"""A client for ReSim's API."""
