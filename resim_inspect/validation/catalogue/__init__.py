"""The rules in words, one module for each part of a file."""
