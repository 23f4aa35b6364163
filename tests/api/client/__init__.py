"""Tests of the client of ReSim's API."""
