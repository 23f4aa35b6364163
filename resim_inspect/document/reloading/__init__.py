"""Documents of files that may be rewritten at any time."""
