"""Batches of ReSim's cloud: addresses, and the fetch shown while it runs."""
