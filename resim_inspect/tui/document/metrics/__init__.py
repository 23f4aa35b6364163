"""The Metrics pane: list, card and previews."""
