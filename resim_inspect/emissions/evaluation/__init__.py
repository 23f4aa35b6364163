"""Emissions evaluated by their config: tables, queries, templates, and the document of it all."""
