"""The dashboard: many charts at once, of a document's metrics or of the jobs of a workspace."""
