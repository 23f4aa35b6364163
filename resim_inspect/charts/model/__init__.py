"""Drawings, layers, pictures and styles as plain data."""
