"""Client of ReSim's API."""
