"""A workspace on disk, read: contract, layout, discovery, results."""
