"""Tests of the query pane."""
