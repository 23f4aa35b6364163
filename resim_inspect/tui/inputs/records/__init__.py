"""Rows of large files among the inputs: tables of CSV and JSON lines, and lines of text."""
