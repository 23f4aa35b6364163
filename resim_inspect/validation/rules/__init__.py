"""The validation rules, one module for each part of a file."""
