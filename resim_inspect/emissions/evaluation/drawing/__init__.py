"""Results of queries as metrics: one function for each system template."""
