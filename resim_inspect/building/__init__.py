"""Builders of metrics documents, and the sample document."""
