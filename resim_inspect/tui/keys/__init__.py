"""Descriptions of key bindings."""
