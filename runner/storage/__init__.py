"""Crash-safe reading and writing of inputs, outputs and results."""
