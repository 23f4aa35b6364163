"""Tests of the stub API and of the client."""
