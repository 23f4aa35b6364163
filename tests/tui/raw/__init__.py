"""Tests of the tree of fields in the app."""
