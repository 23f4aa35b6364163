"""Traces of plotly figures as layers and panels, one module a family."""
