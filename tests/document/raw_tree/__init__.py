"""Tests of the tree of fields of a file."""
