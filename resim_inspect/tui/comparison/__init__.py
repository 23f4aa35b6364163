"""Comparison of what is open with another document or batch."""
