"""Execution of builds: one job, many jobs, then the batch."""
