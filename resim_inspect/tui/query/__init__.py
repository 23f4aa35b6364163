"""Queries typed by the user against the topics of a job or a batch."""
