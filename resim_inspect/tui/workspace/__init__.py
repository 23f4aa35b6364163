"""The screen of a workspace: jobs by metrics."""
