"""Executors: the workers on other machines that run the jobs of a call."""
