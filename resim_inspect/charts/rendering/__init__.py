"""Rendering of drawings into lines of text."""
