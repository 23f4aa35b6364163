"""The screen of one document and its panes."""
