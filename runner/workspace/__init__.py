"""A workspace on disk, read: contract, layout, results, and the records of runs."""
