"""Tests of the stand-in API and of the client."""
