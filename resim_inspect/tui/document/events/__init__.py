"""The Events pane and its timeline."""
