"""Validation of wide files: rules over columns, for all records at once.

A record that breaks a rule, or that the columns do not hold, is checked by itself, so that a
finding is made in one place and is the same for files of any size.
"""
