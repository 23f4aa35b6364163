"""Documents and workspaces as lines that a screen reader can follow, one fact a line."""
