"""Comparison of two batches: jobs × metrics with marks of direction."""
