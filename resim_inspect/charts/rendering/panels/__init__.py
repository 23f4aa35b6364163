"""Painters: one module for each kind of panel, from plain data onto cells."""
