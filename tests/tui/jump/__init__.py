"""Tests of jump mode."""
