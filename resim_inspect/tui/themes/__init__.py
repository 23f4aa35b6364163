"""Colour themes of the app: built-in ones, those of the user, and their contrast."""
