"""Executors of jobs on other machines."""
