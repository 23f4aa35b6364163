"""Stub server of ReSim's API, and the builder of the folder that it serves."""
