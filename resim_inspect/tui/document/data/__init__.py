"""The Data pane: the list of metrics data and their tables."""
